"""A report to a webhook: its JSON document, signed as Standard Webhooks ask (https://www.standardwebhooks.com)."""

import base64
import json
import secrets
from collections.abc import Mapping
from datetime import datetime

import httpcore
from standardwebhooks import Webhook

from synth.delivery.guarding import Guarded
from synth.delivery.outgoing import PATIENCE, Letter, Outgoing
from synth.errors import BadInput, SynthError, Unavailable

_SECRET_BYTES = 32
_AGAIN = frozenset({408, 425, 429})  # and every 5xx
GONE = 410


class Gone(BadInput):
    """The receiver wants nothing more."""


def make_secret() -> str:
    """A secret that signs; whoever receives needs it too."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}"


def send_webhook(letter: Letter, outgoing: Outgoing, now: datetime) -> None:
    """Post the report; raises Unavailable where it may be tried again, Gone or BadInput where that is no use."""
    body = json.dumps(
        {"type": "report.written", "timestamp": now.isoformat(), "data": letter.report}, ensure_ascii=False
    )
    assert letter.secret is not None
    headers = {
        "content-type": "application/json",
        "webhook-id": letter.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(letter.secret).sign(letter.id, now, body),
    }
    status = _post(letter.address, body.encode(), headers, outgoing)
    if status == GONE:
        raise Gone("The webhook says that it is gone; the subscription was ended.")
    if status in _AGAIN or status >= 500:
        raise Unavailable(f"The webhook answered with {status}.")
    if not 200 <= status < 300:
        raise BadInput(f"The webhook refused the report with {status}; look at its address and its secret.")


def _post(url: str, body: bytes, headers: Mapping[str, str], outgoing: Outgoing) -> int:
    limits = dict.fromkeys(("connect", "read", "write", "pool"), PATIENCE)
    try:
        with (
            httpcore.ConnectionPool(network_backend=Guarded(private=outgoing.private)) as pool,
            pool.stream(
                "POST", url, headers=list(headers.items()), content=body, extensions={"timeout": limits}
            ) as reply,
        ):
            return reply.status  # what it says besides is of no use, and may be without an end
    except SynthError:
        raise
    except (TypeError, ValueError, httpcore.UnsupportedProtocol, httpcore.LocalProtocolError):
        raise BadInput("The address of the webhook is no URL that can be asked; give another one.") from None
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise Unavailable(f"The webhook does not answer ({type(error).__name__}).") from None
