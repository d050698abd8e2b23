"""The application that ties the rooms together."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ServiceConfig(AppConfig):
    """Start-up checks and the rows of the background jobs live here."""

    name = "ostrakon.service"
    label = "service"

    def ready(self) -> None:
        """Make the start-up checks known."""
        import_module("ostrakon.service.checks")
