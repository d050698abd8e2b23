"""What must hold before the service starts (E) and what an operator should know (W)."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from ostrakon.casework.announcements import somebody_listens
from ostrakon.service.configuration import Configuration

BEFORE_THE_START = "ostrakon"
"""The tag of these checks: they are asked before the service starts, not by every command of Django."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@register(BEFORE_THE_START, deploy=True)
def decisions_are_carried_out(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    """A decision that nobody hears of would come into force on paper only."""
    if somebody_listens():
        return []
    return [
        Error(
            "nobody listens to what casework announces: decisions would have no effect, notices would not be sent",
            hint="ostrakon.enforcement must stand in INSTALLED_APPS",
            id="ostrakon.E001",
        )
    ]


@register(BEFORE_THE_START, deploy=True)
def settings_are_safe(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    """Settings that suit a laptop and nothing else."""
    return list(_unsafe(settings.CONFIGURATION))


def _unsafe(configuration: Configuration) -> Iterator[CheckMessage]:
    key = configuration.home / "secret.key"
    if configuration.secret_key and len(configuration.secret_key) < 32:
        yield Error(
            "the secret key is shorter than 32 characters: sessions and links could be forged",
            hint='python3 -c "import secrets; print(secrets.token_urlsafe(48))" makes a good one',
            id="ostrakon.E002",
        )
    if configuration.debug and not _is_for_this_machine_only(configuration):
        yield Error(
            "debug is on and others can reach the service: its error pages show what it holds",
            hint="debug = false",
            id="ostrakon.E003",
        )
    if not configuration.secret_key and key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077:
        yield Warning(
            "others on this machine can read the secret key", hint=f"chmod 600 {key}", id="ostrakon.W001"
        )
    if not configuration.address.startswith("https://") and not _is_for_this_machine_only(configuration):
        yield Warning(
            "people reach the service without encryption: passwords and tokens can be read on the way",
            hint="put a proxy with TLS before it and set public_url to https://...",
            id="ostrakon.W002",
        )
    if not configuration.smtp_host:
        yield Warning(
            "there is no mail server: every notice becomes a task for a person",
            hint="set smtp_host",
            id="ostrakon.W003",
        )
    if not configuration.second_factor:
        yield Warning("people may act with a password alone", hint="second_factor = true", id="ostrakon.W004")


def _is_for_this_machine_only(configuration: Configuration) -> bool:
    return configuration.host in LOOPBACK and urlsplit(configuration.address).hostname in LOOPBACK
