"""What XML can hold, and with it Word, Excel and the exchange of codings."""

import re
from typing import Final

_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def writable(text: str) -> str:
    """The text without the characters that XML cannot hold."""
    return _UNWRITABLE.sub("", text)
