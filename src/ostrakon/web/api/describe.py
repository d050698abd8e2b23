"""Writes the description of the API: ``python -m ostrakon.web.api.describe > docs/openapi.json``."""

from __future__ import annotations

import json
import os
import sys

import django


def description() -> str:
    """The OpenAPI description as it is served, in lines that a diff can show. Django is set up before."""
    from ostrakon.web.api.served import api  # knows models, which Django must know first

    return json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ostrakon.service.settings")
    django.setup()
    sys.stdout.write(description())
