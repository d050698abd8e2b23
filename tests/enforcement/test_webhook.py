"""Events to a real receiver: signed, told once under one id, never led elsewhere, never held up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import time
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.utils import timezone
from tests.casework.case import NOW, person
from tests.enforcement.case import a_decision, free_port, receiver, rude_server

from ostrakon.casework.announcements import DecisionCameIntoForce, announce
from ostrakon.casework.models import Role
from ostrakon.enforcement import webhook
from ostrakon.enforcement.models import Dispatch
from ostrakon.enforcement.outcomes import Delivered, Outcome, Refused, Retry, Unknown
from ostrakon.enforcement.subscriptions import add_webhook, stop_webhook
from ostrakon.enforcement.webhook import carry
from ostrakon.errors import NotPermitted, NotThere, Unfit
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db


def told(url: str) -> tuple[Dispatch, str]:
    """An event that waits for a receiver, and the secret."""
    _, secret = add_webhook(person("admin", Role.ADMINISTRATOR), url=url, now=NOW)
    announce(DecisionCameIntoForce(a_decision()))
    return Dispatch.objects.get(channel="webhook"), secret


def outcome(url: str) -> Outcome:
    return carry(told(url)[0], timezone.now())


def test_an_event_proves_whose_it_is() -> None:
    with receiver() as there:
        dispatch, secret = told(there.url)
        assert carry(dispatch, NOW) == Delivered("HTTP 204 No Content")
    ((headers, body),) = there.heard
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    event = json.loads(body)
    assert event["type"] == "decision.in_force"
    assert event["data"]["account"] == "chidi"
    assert "threats" not in body.decode()
    assert "alice" not in body.decode()


def test_a_repetition_bears_the_same_id() -> None:
    with receiver() as there:
        dispatch, _ = told(there.url)
        carry(dispatch, NOW)
        carry(dispatch, NOW + timedelta(hours=1))
    assert len(there.heard) == 2
    assert len(set(there.ids)) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, Delivered),
        (301, Refused),
        (307, Refused),
        (400, Refused),
        (404, Refused),
        (410, Refused),
        (408, Retry),
        (425, Retry),
        (429, Retry),
        (500, Retry),
        (503, Retry),
    ],
)
def test_what_a_status_means(status: int, kind: type) -> None:
    with receiver(status=status, headers={"location": "/elsewhere"}) as there:
        assert type(outcome(there.url)) is kind
    assert len(there.heard) == 1


@pytest.mark.parametrize(
    ("asks", "waits"), [("120", 120), ("99999999999999", 999999999), ("soon", None), ("-5", None), ("", None)]
)
def test_a_receiver_says_when_to_come_again(asks: str, waits: float | None) -> None:
    with receiver(status=429, headers={"retry-after": asks}) as there:
        came = outcome(there.url)
    assert isinstance(came, Retry)
    assert came.wait_s == waits


def test_a_receiver_may_say_it_with_a_date() -> None:
    with receiver(
        status=503, headers={"retry-after": format_datetime(NOW + timedelta(hours=1), usegmt=True)}
    ) as there:
        dispatch, _ = told(there.url)
        came = carry(dispatch, NOW)
    assert isinstance(came, Retry)
    assert came.wait_s == 3600


def test_what_a_receiver_writes_back_is_not_read() -> None:
    with receiver(status=200, body=b"x" * 5_000_000) as there:
        assert isinstance(outcome(there.url), Delivered)


def drip(line: socket.socket) -> None:
    line.recv(10_000)
    for byte in b"HTTP/1.1 200 OK\r\nx-slow: " + b"x" * 1000:
        line.sendall(bytes([byte]))
        time.sleep(0.05)


def say_nothing(line: socket.socket) -> None:
    line.recv(10_000)
    time.sleep(5)


def hang_up(line: socket.socket) -> None:
    line.recv(10_000)


def speak_nonsense(line: socket.socket) -> None:
    line.recv(10_000)
    line.sendall(b"\xff\x00 what?\r\n\r\n" * 100)


def endless_headers(line: socket.socket) -> None:
    line.recv(10_000)
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        line.sendall(b"x-more: " + b"x" * 60_000 + b"\r\n")


@pytest.mark.parametrize("talk", [drip, say_nothing, hang_up, speak_nonsense, endless_headers])
def test_a_receiver_without_a_clear_answer_may_have_taken_it(
    talk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT_S", 0.3)
    with rude_server(talk) as port:
        began = time.monotonic()
        came = outcome(f"http://127.0.0.1:{port}/")
        assert time.monotonic() - began < 3
    assert isinstance(came, Unknown)


def test_a_receiver_that_is_not_there_heard_nothing() -> None:
    came = outcome(f"http://127.0.0.1:{free_port()}/token-of-the-receiver")
    assert isinstance(came, Retry)
    assert "token" not in came.detail


# Who hears


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org/",
        "https://",
        "https://a:b@example.org/",
        "https://[",
        "http://\x00",
    ],
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(Unfit):
        add_webhook(person("admin", Role.ADMINISTRATOR), url=url, now=NOW)


def test_they_hear_what_they_asked_for_until_they_are_stopped() -> None:
    admin = person("admin", Role.ADMINISTRATOR)
    with pytest.raises(Unfit):
        add_webhook(admin, url="https://example.org/", events=["decision.whispered"], now=NOW)
    ends, _ = add_webhook(admin, url="https://example.org/", events=["decision.reversed"], now=NOW)
    everything, secret = add_webhook(admin, url="https://example.com/", now=NOW)
    announce(DecisionCameIntoForce(a_decision()))
    assert [d.webhook for d in Dispatch.objects.filter(channel="webhook")] == [everything]
    stop_webhook(admin, everything.pk)
    assert Dispatch.objects.get(webhook=everything).state == "cancelled"
    announce(DecisionCameIntoForce(a_decision("farid")))
    assert Dispatch.objects.filter(channel="webhook").count() == 1
    with pytest.raises(NotThere):
        stop_webhook(admin, everything.pk)
    with pytest.raises(NotPermitted):
        stop_webhook(person("rana", Role.REVIEWER), ends.pk)
    assert secret not in "".join(Entry.objects.values_list("body", flat=True))
