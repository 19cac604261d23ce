"""A place in a recording, as people write it."""


def say_timecode(seconds: float | None) -> str:
    """Seconds as `2:03`, with hours where there are any: `1:02:03`; '' for None."""
    if seconds is None:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
