"""Nobody fills the disk: a body that is too large is refused before it is kept, said or not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from django.core.asgi import get_asgi_application
from tests.web.case import API, key_of, source

from ostrakon.web import bodies
from ostrakon.web.tokens import Scope

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(bodies, "LARGEST_BYTES", 1_000)
    monkeypatch.setattr(bodies, "STREAM_BYTES", 5_000)


def post(path: str, content: Any, key: str = "ost_unknown") -> httpx.Response:
    application = bodies.with_bounded_bodies(get_asgi_application())
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}

    async def posted() -> httpx.Response:
        transport = httpx.ASGITransport(app=application)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.post(f"{API}{path}", content=content, headers=headers)

    return asyncio.run(posted())


async def drops(count: int) -> AsyncIterator[bytes]:
    """Without a stated length."""
    for _ in range(count):
        yield b"{}\n" * 100


@pytest.mark.parametrize("path", ["/reports", "/reports/batch", "/reports/stream", "/lists", "/nowhere"])
@pytest.mark.parametrize("is_stated", [True, False])
def test_too_large_a_body_is_refused_before_anybody_asks_who_sends_it(path, is_stated):
    response = post(path, b"x" * 1_001 if is_stated else drops(5))
    assert (response.status_code, response.json()["code"]) == (413, "too_large")
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_good_key_may_send_a_longer_stream_and_not_an_endless_one():
    key = key_of(source(), Scope.REPORTS_WRITE)
    answered = post("/reports/stream", drops(5), key)
    assert (answered.status_code, len(answered.text.splitlines())) == (200, 500)
    assert post("/reports/stream", drops(20), key).status_code == 413


def test_what_is_small_enough_reaches_its_door():
    assert post("/reports", b"x" * 1_000).status_code == 401
