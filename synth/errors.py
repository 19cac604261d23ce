"""One tree of errors. Every message is a sentence for the person who has to act on it.

SynthError
├── BadInput          what was given cannot be used; the message says what to do
│   └── UnreadableFile  a file whose bytes are not what its parser needs
├── NotFound          no such theme, document, job… in this workspace
├── NotAllowed        the credential does not permit this
├── Conflict          the state of the thing does not permit this now
│   └── HomeInUse     another process holds the SYNTH_HOME folder
├── Unavailable       a part (model endpoint, Chroma, broker) does not answer; retryable
└── Broken            an installation fault: wrong weights, failed migration
"""

from typing import ClassVar


class SynthError(Exception):
    """The root: anything this service raises on purpose."""

    retryable: ClassVar[bool] = False


class BadInput(SynthError):
    """What was given cannot be used; the message says what to do."""


class UnreadableFile(BadInput):
    """A file whose bytes are not what its parser needs."""


class NotFound(SynthError):
    """There is no such thing in this workspace."""


class NotAllowed(SynthError):
    """The credential does not permit this."""


class Conflict(SynthError):
    """The state of the thing does not permit this now."""


class HomeInUse(Conflict):
    """Another process holds the SYNTH_HOME folder."""


class Unavailable(SynthError):
    """A part this service needs does not answer; trying again later can help."""

    retryable: ClassVar[bool] = True
    wait: float | None = None  # seconds that it asked to be left alone for


class Broken(SynthError):
    """The installation is at fault, not the input."""
