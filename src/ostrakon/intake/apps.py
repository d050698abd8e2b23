"""The Django application of this room."""

from __future__ import annotations

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Of this room."""

    name = "ostrakon.intake"
    label = "intake"
