"""The style and the scripts of the pages."""

from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles


class Statics(StaticFiles):
    """Files that a browser may keep, but asks about each time: they belong to the version that is running."""

    def file_response(self, *args: Any, **options: Any) -> Response:
        response = super().file_response(*args, **options)
        response.headers["Cache-Control"] = "no-cache"
        return response
