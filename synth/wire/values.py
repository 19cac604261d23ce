"""Single values as every document writes them."""

from datetime import datetime


def moment(value: datetime | None) -> str | None:
    """An ISO 8601 time with its zone."""
    return None if value is None else value.isoformat()


def whole(value: float) -> float | int:
    """7 rather than 7.0."""
    return int(value) if value == int(value) else value


def short(value: float | None) -> float | None:
    """To four digits."""
    return None if value is None else round(value, 4)
