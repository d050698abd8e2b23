"""A platform calls when something is new: only what it signed is believed, and all it does is that we look sooner."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from ostrakon.enforcement.models import Connection
from ostrakon.platforms.webhook.signing import signed_headers
from ostrakon.service.configuration import secret_name

pytestmark = pytest.mark.django_db
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CREATED = b'{"event": "report.created"}'
CHANGED = b'{"type": "account.changed"}'
LATER = timedelta(hours=1)


@pytest.fixture
def secrets(settings: Any) -> dict[str, str]:
    """Those of the configuration."""
    kept = {secret_name("social", "webhook_secret"): SECRET, secret_name("forum", "secret"): SECRET}
    settings.CONFIGURATION = replace(django_settings.CONFIGURATION, platforms=kept)
    return kept


@pytest.fixture(autouse=True)
def connections(secrets: dict[str, str]) -> None:
    """Both were read just now."""
    for platform, kind in (("social", "mastodon"), ("forum", "webhook"), ("home", "matrix")):
        Connection.objects.create(
            platform=platform,
            kind=kind,
            address="https://example.org",
            added_at=timezone.now(),
            read_next_at=timezone.now() + LATER,
        )


def is_read_soon(platform: str) -> bool:
    due = Connection.objects.get(platform=platform).read_next_at
    return due is not None and due <= timezone.now()


def of_mastodon(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"X-Hub-Signature": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def call(platform: str, body: bytes, headers: dict[str, str]) -> int:
    answer: Any = Client().generic(
        "POST", f"/api/v1/public/hints/{platform}", body, content_type="application/json", headers=headers
    )
    return int(answer.status_code)


def test_a_webhook_of_mastodon_makes_us_look_at_once() -> None:
    assert call("social", CREATED, of_mastodon(CREATED)) == 204
    assert is_read_soon("social")
    assert not is_read_soon("forum")


def test_a_signed_event_of_a_receiver_makes_us_look_at_once() -> None:
    assert call("forum", CHANGED, signed_headers(SECRET, "msg_1", timezone.now(), CHANGED)) == 204
    assert is_read_soon("forum")


@pytest.mark.parametrize(
    ("platform", "body", "headers"),
    [
        ("social", CREATED, {}),
        ("social", CREATED, of_mastodon(CREATED, "another")),
        ("social", CREATED, of_mastodon(CHANGED)),
        ("social", b"{}", of_mastodon(b"{}")),
        ("forum", CHANGED, of_mastodon(CHANGED)),
        ("forum", CHANGED, {"webhook-id": "msg_1", "webhook-timestamp": "0", "webhook-signature": "v1,"}),
        ("home", CREATED, of_mastodon(CREATED)),
        ("nowhere", CREATED, of_mastodon(CREATED)),
    ],
)
def test_whatever_is_not_signed_by_whom_we_know_finds_nothing(
    platform: str, body: bytes, headers: dict[str, str]
) -> None:
    assert call(platform, body, headers) == 404
    assert not any(is_read_soon(name) for name in ("social", "forum", "home"))


def test_an_old_event_of_a_receiver_is_not_believed() -> None:
    old = signed_headers(SECRET, "msg_1", timezone.now() - LATER, CHANGED)
    assert call("forum", CHANGED, old) == 404
    assert not is_read_soon("forum")


def test_without_a_secret_nobody_is_believed(secrets: dict[str, str]) -> None:
    secrets.clear()
    assert call("social", CREATED, of_mastodon(CREATED, "")) == 404
    assert not is_read_soon("social")


def test_a_platform_that_is_off_is_not_woken() -> None:
    Connection.objects.update(mode="off")
    assert call("social", CREATED, of_mastodon(CREATED)) == 404
    assert not is_read_soon("social")
