"""The Django application of this room."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class EnforcementConfig(AppConfig):
    """Of this room."""

    name = "ostrakon.enforcement"
    label = "enforcement"

    def ready(self) -> None:
        """From now on, what casework decides and writes goes into the outbox."""
        import_module("ostrakon.enforcement.outbox").begin_to_listen()
