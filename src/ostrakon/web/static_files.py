"""Style sheets, scripts and pictures, from the installed packages: the service needs no other server for them."""

from __future__ import annotations

import mimetypes
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

KEPT_S = 3600
"""How long a browser may use its copy; after an upgrade it sees the new one within the hour."""


@require_safe
def static_file(request: HttpRequest, name: str) -> HttpResponse:
    """The file of this name."""
    found = _read(name)
    if found is None:
        raise Http404
    content, media_type = found
    response = HttpResponse(content, content_type=media_type)
    response["Cache-Control"] = f"public, max-age={KEPT_S}"
    return response


@lru_cache(maxsize=256)
def _read(name: str) -> tuple[bytes, str] | None:
    path = finders.find(name)
    if path is None or not Path(path).is_file():
        return None
    return Path(path).read_bytes(), mimetypes.guess_type(path)[0] or "application/octet-stream"
