"""The Django application of this room."""

from __future__ import annotations

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """Of this room."""

    name = "ostrakon.casework"
    label = "casework"
