"""The Django application of this room."""

from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Of this room."""

    name = "ostrakon.ledger"
    label = "ledger"
