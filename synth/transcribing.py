"""An OpenAI-compatible endpoint that writes down what is said in a recording: `POST …/audio/transcriptions`.

A recording goes out under a name of ours, never under that of its file. What comes back is reduced to who said what
from when to when. A reason never repeats the server's words, the URL or the key.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from synth.errors import BadInput, Broken, Unavailable

if TYPE_CHECKING:
    import httpx

    from synth.settings import Settings

LARGEST_REPLY: Final = 32 << 20  # bytes
MOST_SEGMENTS: Final = 100_000
_BUSY: Final = frozenset({408, 409, 425, 429})


class NothingSaid(BadInput):
    """A recording in which the endpoint hears no words."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of one speaker, with the seconds they begin and end at; None where the endpoint tells neither."""

    text: str
    start: float | None = None
    end: float | None = None
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Transcriber:
    """One model at one endpoint; `limit` is the largest recording it takes, in bytes."""

    url: str
    model: str
    key: Callable[[], str | None]
    timeout: float
    limit: int

    def transcribe(self, path: Path, form: str) -> tuple[Segment, ...]:
        """What is said in a recording, `form` being mp3, wav and so on.

        Raises BadInput for a recording it does not take, Broken where it is set up wrongly, and Unavailable, with the
        seconds it asked to be left alone, where it may take it later.
        """
        import httpx

        try:
            with path.open("rb") as recording, httpx.Client(timeout=self.timeout, follow_redirects=False) as client:
                answer = client.stream(
                    "POST",
                    f"{self.url.rstrip('/')}/audio/transcriptions",
                    headers=self._headers(),
                    data=self._fields(),
                    files={"file": (f"recording.{form}", recording)},
                )
                with answer as response:
                    return self._read(response)
        except httpx.TimeoutException:
            raise Unavailable(self._late()) from None
        except httpx.HTTPError as error:
            raise Unavailable(
                f"The transcription endpoint could not be reached ({type(error).__name__}); check SYNTH_TRANSCRIBE_URL."
            ) from None

    def check(self) -> None:
        """Send half a second of silence; raises Broken or Unavailable where that is not taken."""
        import tempfile
        import wave

        with tempfile.TemporaryDirectory(prefix="synth-silence-") as folder:
            path = Path(folder, "silence.wav")
            with wave.open(str(path), "wb") as silence:
                silence.setnchannels(1)
                silence.setsampwidth(2)
                silence.setframerate(16_000)
                silence.writeframes(bytes(16_000))
            try:
                self.transcribe(path, "wav")
            except NothingSaid:
                return

    def _headers(self) -> dict[str, str]:
        key = self.key()
        return {"Accept-Encoding": "identity", **({"Authorization": f"Bearer {key}"} if key else {})}

    def _fields(self) -> dict[str, Any]:
        """Segments are asked for in the form that the model knows: those that tell speakers have one of their own."""
        if "diarize" in self.model:
            return {"model": self.model, "response_format": "diarized_json", "chunking_strategy": "auto"}
        return {
            "model": self.model,
            "response_format": "verbose_json",
            "timestamp_granularities[]": "segment",
        }

    def _read(self, response: "httpx.Response") -> tuple[Segment, ...]:
        if response.status_code != 200:
            _refuse(response.status_code, response.headers.get("Retry-After"))
        until, content = time.monotonic() + self.timeout, bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > LARGEST_REPLY:
                raise BadInput(f"The transcript is larger than {LARGEST_REPLY >> 20} MB; split the recording.")
            if time.monotonic() > until:
                raise Unavailable(self._late())
        return read_segments(bytes(content))

    def _late(self) -> str:
        return f"The transcription endpoint took more than {self.timeout:g} seconds; raise SYNTH_TRANSCRIBE_TIMEOUT."


def open_transcriber(settings: "Settings") -> Transcriber | None:
    """The endpoint of the settings; None where none is set."""
    if settings.transcribe_url is None:
        return None
    secret = settings.transcribe_key
    return Transcriber(
        settings.transcribe_url,
        settings.transcribe_model,
        lambda: secret.get_secret_value() if secret else None,
        settings.transcribe_timeout,
        settings.transcribe_limit,
    )


def read_segments(content: bytes) -> tuple[Segment, ...]:
    """The segments of a reply, as Whisper and its kin write it; raises Broken for what is no transcript."""
    try:
        reply = json.loads(content)
        found = tuple(_segments(reply)) or (Segment(str(reply["text"]).strip()),)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Broken(
            "The transcription endpoint answered with something that is no transcript; check SYNTH_TRANSCRIBE_URL."
        ) from None
    if not any(segment.text for segment in found):
        raise NothingSaid("The transcription endpoint heard no words in it; check that the recording has sound.")
    return found


def write_segments(segments: tuple[Segment, ...]) -> bytes:
    """The segments as the JSON that Whisper writes, which is read like any other transcript."""
    rows = [
        {
            "start": each.start,
            "end": each.end,
            "text": each.text,
            **({"speaker": each.speaker} if each.speaker else {}),
        }
        for each in segments
    ]
    return json.dumps({"segments": rows}, ensure_ascii=False).encode("utf-8", "replace")


def _segments(reply: Mapping[str, Any]) -> Iterator[Segment]:
    for row in (reply.get("segments") or [])[:MOST_SEGMENTS]:
        text = str(row["text"]).strip()
        if text:
            speaker = str(row["speaker"]).strip() if row.get("speaker") is not None else None
            yield Segment(text, _seconds(row.get("start")), _seconds(row.get("end")), speaker or None)


def _seconds(given: object) -> float | None:
    try:
        number = float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if 0 <= number < 10_000_000 else None


def _refuse(status: int, retry_after: str | None) -> None:
    """Raise what a status means."""
    if status in _BUSY or status >= 500:
        error = Unavailable(f"The transcription endpoint is busy or at fault (status {status}).")
        error.wait = _wait(retry_after)
        raise error
    if status in (401, 403):
        raise Broken(f"The transcription endpoint refused the key (status {status}); check SYNTH_TRANSCRIBE_KEY.")
    if status == 404:
        raise Broken(
            "The endpoint has no such path or model (404); check SYNTH_TRANSCRIBE_URL and SYNTH_TRANSCRIBE_MODEL."
        )
    if status == 413:
        raise BadInput(
            "The recording is larger than the transcription endpoint takes; export its sound alone, or split it."
        )
    if 300 <= status < 400:
        raise Broken(f"The transcription endpoint sends elsewhere ({status}); set SYNTH_TRANSCRIBE_URL to there.")
    raise BadInput(
        f"The transcription endpoint does not take this recording, or its model gives no segments (status {status});"
        " export it as mp3, or set SYNTH_TRANSCRIBE_MODEL to a model that gives segments."
    )


def _wait(retry_after: str | None) -> float | None:
    """The seconds that a Retry-After asks for, be it a number or a date."""
    if retry_after is None:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (until - datetime.now(UTC)).total_seconds()) if until.tzinfo else None
