"""What a channel needs: the settings of what leaves this service, and the letter that is to leave."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

Kind = Literal["email", "slack", "teams", "discord", "webhook", "folder"]
KINDS: tuple[Kind, ...] = get_args(Kind)
CHATS: tuple[Kind, ...] = ("slack", "teams", "discord")
PATIENCE = 15.0  # seconds to wait for whoever takes a letter


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What may leave this service, and how; from the settings."""

    smtp_url: str | None = None
    sender: str | None = None  # the address letters come from
    public_url: str | None = None  # where readers find the pages; without it a letter has no links
    folder: Path | None = None
    private: bool = False  # webhooks may go to addresses of this machine and its network


@dataclass(frozen=True, slots=True)
class Letter:
    """One report for one subscriber. Its id stays the same when it is sent again, so that receivers know it."""

    id: str
    kind: Kind
    address: str
    secret: str | None
    key: str  # of the link that ends the subscription
    report: dict[str, Any]

    @property
    def title(self) -> str:
        """What stands at its head."""
        return f"Feedback report · {self.report['title']}"
