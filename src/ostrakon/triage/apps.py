"""The Django application of this room."""

from __future__ import annotations

from django.apps import AppConfig


class TriageConfig(AppConfig):
    """Of this room."""

    name = "ostrakon.triage"
    label = "triage"
