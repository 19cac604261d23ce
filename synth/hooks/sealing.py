"""The secrets of hooks at rest: a key in the home folder seals them, so that the database alone opens none.

A secret that verifies has to be there whole, unlike a token, of which a hash is enough.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from synth.errors import Broken

KEY = "hooks.key"
_KEY_BYTES, _NONCE = 32, 12


def seal(home: Path, hook: str, secret: str) -> bytes:
    """Sealed for this hook alone (AES-256-GCM); makes the key where there is none yet."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(_key(home)).encrypt(nonce, secret.encode(), hook.encode())


def unseal(home: Path, hook: str, sealed: bytes) -> str:
    """What was sealed; raises Broken where the key in the home folder is not the one it was sealed with."""
    try:
        key = (home / KEY).read_bytes()
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], hook.encode()).decode()
    except (FileNotFoundError, InvalidTag, ValueError):
        raise Broken(
            f"The secret of this hook cannot be opened: {KEY} in the home folder is not the one it was sealed with. "
            "An administrator brings that file back, or ends the hook and makes a new one."
        ) from None


def _key(home: Path) -> bytes:
    """The key, made by the first process that needs it: of several at once all use the one that was first."""
    path, draft = home / KEY, home / f".{KEY}.{secrets.token_hex(4)}"
    if not path.exists():
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(_KEY_BYTES))
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    return path.read_bytes()
