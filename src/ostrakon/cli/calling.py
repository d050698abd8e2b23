"""The shell as one more user of the API: the same doors, the same verbs, the same answers, no rules of its own.

``OSTRAKON_TOKEN`` is the key of the person who acts: nobody acts as somebody else. ``OSTRAKON_URL`` names a service
that runs elsewhere; without it the application answers in this process, on the database of the home folder.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from ostrakon.errors import InputUnusable, NotReady, Refused

if TYPE_CHECKING:  # heavy: at run time inside the functions
    import httpx

TOKEN, URL = "OSTRAKON_TOKEN", "OSTRAKON_URL"
TIMEOUT_S = 120.0


@dataclass(frozen=True)
class Call:
    """One request to the API: ``path`` is what follows ``/api/v1``."""

    method: str
    path: str
    body: Any = None
    """As JSON; bytes are sent as they are."""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def call(asked: Call) -> Any:
    """What the API answers, from its JSON; None where it answers nothing.

    Raises:
        InputUnusable: there is no key.
        NotReady: there is no service here, or none at the address.
        Refused: the API refused it, and why.
    """
    if not os.environ.get(TOKEN):
        raise InputUnusable(f"{TOKEN} is not set: ostrakon token makes a key of your own")
    response = _there(asked, os.environ[URL]) if os.environ.get(URL) else _here(asked)
    if response.status_code >= 400:
        raise Refused(_problem(response))
    return response.json() if response.content else None


def _problem(response: httpx.Response) -> str:
    try:
        told = response.json()
        places = "".join(f"; {place['at']}: {place['problem']}" for place in told.get("errors", []))
        return f"{told['detail']}{places} ({told['code']})"
    except (ValueError, KeyError, TypeError):
        return f"the service answered with status {response.status_code}, and nothing that this shell understands"


def _request(asked: Call) -> dict[str, Any]:
    content = {"content": asked.body} if isinstance(asked.body, bytes) else {"json": asked.body}
    return {
        "method": asked.method,
        "url": f"/api/v1{asked.path}",
        "params": dict(asked.query),
        "headers": {**asked.headers, "Authorization": f"Bearer {os.environ[TOKEN]}"},
        **({} if asked.body is None else content),
    }


def _there(asked: Call, url: str) -> httpx.Response:
    import httpx

    try:
        with httpx.Client(base_url=url.rstrip("/"), timeout=TIMEOUT_S) as client:
            return client.request(**_request(asked))
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        raise NotReady(f"{URL}: the service there does not answer: {problem}") from problem


def _here(asked: Call) -> httpx.Response:
    from ostrakon.service.begin import begin

    configuration = begin()
    import httpx

    from ostrakon.service.asgi import application
    from ostrakon.service.readiness import refuse_unless_set_up

    refuse_unless_set_up()
    logging.getLogger("django.request").setLevel(logging.CRITICAL)  # the shell itself says what was refused

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=cast("Any", application))  # two spellings of the same protocol
        async with httpx.AsyncClient(transport=transport, base_url=configuration.address) as client:
            return await client.request(**_request(asked))

    return asyncio.run(ask())
