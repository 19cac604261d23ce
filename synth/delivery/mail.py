"""A report by e-mail: the HTML file as it is, Markdown beside it for readers of plain text, and a way out.

`List-Unsubscribe` with one click is RFC 8058. The standard library speaks SMTP.
"""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from synth.delivery.outgoing import PATIENCE, Letter, Outgoing
from synth.errors import BadInput, Unavailable
from synth.reports.html import render_html
from synth.reports.markdown import render_markdown

_LIGHT = re.compile(r"^:root \{(.*?)^\}\n", re.DOTALL | re.MULTILINE)
_DARK = re.compile(r"^@media screen and \(prefers-color-scheme: dark\) \{.*?^\}\n", re.DOTALL | re.MULTILINE)
_VARIABLE = re.compile(r"(--[\w-]+): ([^;]+);")
_USED = re.compile(r"var\((--[\w-]+)\)")
_UNFOLDED = SMTP.clone(max_line_length=500)  # not every mail program finds an address on a second line
_PORTS = {"smtp": 587, "smtps": 465}


def send_mail(letter: Letter, outgoing: Outgoing, now: datetime) -> None:
    """Hand the letter to the mail server; raises Unavailable where it may be tried again, BadInput where not."""
    message = write_mail(letter, outgoing, now)
    try:
        with _connected(outgoing.smtp_url or "") as server:
            server.send_message(message)
    except smtplib.SMTPAuthenticationError:
        raise BadInput("The mail server does not take the user and password of SYNTH_SMTP_URL.") from None
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        raise _refusal(code, said) from None
    except smtplib.SMTPResponseException as refused:
        raise _refusal(refused.smtp_code, refused.smtp_error) from None
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable(f"The mail server does not answer ({type(error).__name__}).") from None


def write_mail(letter: Letter, outgoing: Outgoing, now: datetime) -> EmailMessage:
    """The message; the same letter keeps its Message-ID, so that one that comes twice is known."""
    sender = outgoing.sender or ""
    message = EmailMessage(policy=_UNFOLDED)
    message["Subject"] = letter.title
    message["From"] = sender
    message["To"] = letter.address
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.id}.{letter.key[:12]}@{sender.rpartition('@')[2].rstrip('>')}>"
    leave, way_out = _way_out(letter, outgoing), ""
    if leave is not None:
        message["List-Unsubscribe"] = f"<{leave}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        way_out = f"\nYou get this every week; to end that, open {leave}\n"
    message.set_content(render_markdown(letter.report) + way_out)
    page = render_html(letter.report, links=outgoing.public_url, leave=leave)
    message.add_alternative(_without_variables(page), "html")
    return message


def _way_out(letter: Letter, outgoing: Outgoing) -> str | None:
    return f"{outgoing.public_url.rstrip('/')}/unsubscribe?key={letter.key}" if outgoing.public_url else None


def _without_variables(page: str) -> str:
    """The page with its colours written out: mail programs know neither variables of style nor a dark twin of them."""
    light, dark = _LIGHT.search(page), _DARK.search(page)
    assert light is not None and dark is not None  # noqa: PT018 - both are ours
    colours = dict(_VARIABLE.findall(light[1]))
    plain = page.replace(dark[0], "").replace(light[0], "")
    return _USED.sub(lambda used: colours[used[1]], plain)


@contextmanager
def _connected(url: str) -> Iterator[smtplib.SMTP]:
    """The server, with TLS where it offers it; a password never goes without."""
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port or _PORTS[parts.scheme]
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=PATIENCE, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=PATIENCE)
    with server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        elif parts.scheme == "smtp" and parts.username:
            raise BadInput(
                "The mail server offers no TLS, and a password does not go without; use smtps:// or no user."
            )
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server


def _refusal(code: int, said: bytes | str) -> Exception:
    told = said.decode(errors="replace") if isinstance(said, bytes) else said
    kind = Unavailable if 400 <= code < 500 else BadInput
    return kind(f"The mail server refused the letter: {code} {told[:200]}")
