"""What a page sent: its form, and the text of a field."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData


async def _read_form(request: Request) -> AsyncIterator[FormData]:
    async with request.form() as form:
        yield form


Form = Annotated[FormData, Depends(_read_form)]


def read_text(form: FormData, name: str, most: int | None = None) -> str:
    """A field without the space around it, at most `most` characters; '' where it is missing, or a file."""
    value = form.get(name)
    return value.strip()[:most] if isinstance(value, str) else ""


def listed(written: str) -> list[str]:
    """What stands between the commas of a field, without the space around it."""
    return [each.strip() for each in written.split(",") if each.strip()]


def read_texts(form: FormData, name: str) -> list[str]:
    """Every value of a field, as they were sent; files are left out."""
    return [value for value in form.getlist(name) if isinstance(value, str)]
