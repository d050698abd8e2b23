"""The Django application of this room."""

from __future__ import annotations

from django.apps import AppConfig


class EnforcementConfig(AppConfig):
    """Of this room."""

    name = "ostrakon.enforcement"
    label = "enforcement"
