"""The application that ties the rooms together."""

from __future__ import annotations

from django.apps import AppConfig


class ServiceConfig(AppConfig):
    """Start-up checks and commands live here."""

    name = "ostrakon.service"
    label = "service"
