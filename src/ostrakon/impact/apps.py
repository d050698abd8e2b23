"""The Django application of this room."""

from __future__ import annotations

from django.apps import AppConfig


class ImpactConfig(AppConfig):
    """Of this room."""

    name = "ostrakon.impact"
    label = "impact"
