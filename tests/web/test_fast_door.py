"""The fast door for single reports: the same answers as the slow one, for keys that the slow one knows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import time_machine
from django.core.asgi import get_asgi_application
from django.utils import timezone
from tests.web.case import API, key_of, source
from tests.web.test_intake_api import ROW, row

from ostrakon.intake.grouping import Door
from ostrakon.intake.models import Report
from ostrakon.ledger.models import Entry
from ostrakon.web.api import remembered
from ostrakon.web.front import with_fast_door
from ostrakon.web.models import Token
from ostrakon.web.tokens import Scope

pytestmark = pytest.mark.django_db(transaction=True)


class Service:
    """Both doors, and how many requests went through the slow one."""

    def __init__(self, capacity: int = 100) -> None:
        self.slow = 0
        self.door = Door(capacity)
        self.django = get_asgi_application()
        self.application = with_fast_door(self._through_django, self.door)

    async def _through_django(self, scope: Any, receive: Any, send: Any) -> None:
        self.slow += 1
        await self.django(scope, receive, send)

    def post(
        self, key: str, *bodies: Any, kind: str = "application/json", path: str = "/reports"
    ) -> list[Any]:
        """All at once."""

        async def together() -> list[httpx.Response]:
            transport = httpx.ASGITransport(app=self.application)
            headers = {"Authorization": f"Bearer {key}", "Content-Type": kind}
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                contents = [body if isinstance(body, bytes) else json.dumps(body).encode() for body in bodies]
                posts = [
                    client.post(f"{API}{path}", content=content, headers=headers) for content in contents
                ]
                return await asyncio.gather(*posts)

        return asyncio.run(together())


@pytest.fixture
def service() -> Iterator[Service]:
    remembered._known.clear()
    made = Service()
    yield made
    made.door.close()


@pytest.fixture
def key() -> str:
    return key_of(source(), Scope.REPORTS_WRITE)


def test_a_key_comes_through_the_slow_door_once(service, key):
    for number in range(4):
        (answer,) = service.post(key, row(f"r{number}"))
        assert (answer.status_code, answer.json()["outcome"]) == (201, "stored")
    assert service.slow == 1
    assert Report.objects.count() == 4


@pytest.mark.parametrize(
    "body",
    [ROW, row(text="other"), row(account=""), row(text="\ud800"), [], b"{", b"\xff", b"[" * 100_000],
)
def test_both_doors_say_the_same(service, key, body):
    service.post(key, ROW)
    (fast,) = service.post(key, body)
    remembered._known.clear()
    (slow,) = service.post(key, body)
    assert service.slow == 2
    assert (fast.status_code, fast.json()) == (slow.status_code, slow.json())
    for header in ("Content-Type", "Content-Security-Policy", "X-Content-Type-Options"):
        assert fast.headers.get(header) == slow.headers.get(header)


def test_those_that_come_together_are_stored_together(service, key):
    service.post(key, ROW)
    answers = service.post(key, *(row(f"r{number}") for number in range(2, 42)))
    assert {answer.status_code for answer in answers} == {201}
    assert Report.objects.count() == 41
    assert Entry.objects.filter(kind="reports_received").count() < 41


def test_a_revoked_key_stops_after_a_few_seconds(service, key):
    service.post(key, ROW)
    Token.objects.update(revoked_at=timezone.now())
    with time_machine.travel(timezone.now() + remembered.timedelta(seconds=remembered.REMEMBERED_S)):
        (answer,) = service.post(key, row("r2"))
    assert answer.status_code == 401


def test_a_key_that_ends_is_not_remembered_beyond_its_end(service):
    ends = timezone.now() + remembered.timedelta(seconds=1)
    key = key_of(source(), Scope.REPORTS_WRITE, expires_at=ends)
    service.post(key, ROW)
    with time_machine.travel(ends):
        (answer,) = service.post(key, row("r2"))
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("kind", "path"),
    [("text/plain", "/reports"), ("application/json", "/reports/batch"), ("application/json", "/reports/")],
)
def test_everything_else_goes_to_the_slow_door(service, key, kind, path):
    service.post(key, ROW)
    service.post(key, ROW, kind=kind, path=path)
    assert service.slow == 2


def test_nobody_comes_in_without_a_good_key(service, key):
    for wrong in ("", "ost_wrong", key + "x"):
        (answer,) = service.post(wrong, ROW)
        assert answer.status_code == 401
    service.post(key, ROW)
    (answer,) = service.post(key + "x", row("r2"))
    assert answer.status_code == 401


def test_a_key_of_another_scope_is_never_remembered(service):
    key = key_of(source(), Scope.LISTS_WRITE)
    assert [service.post(key, ROW)[0].status_code for _ in range(2)] == [403, 403]
    assert service.slow == 2


def test_a_full_door_says_when_to_come_again(key):
    remembered._known.clear()
    service = Service(capacity=0)
    service.post(key, ROW)
    (answer,) = service.post(key, row("r2"))
    assert (answer.status_code, answer.json()["code"]) == (503, "too_busy")
    assert int(answer.headers["Retry-After"]) > 0
