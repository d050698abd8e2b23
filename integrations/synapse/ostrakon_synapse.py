# SPDX-License-Identifier: AGPL-3.0-or-later
"""A module for Synapse: reports on rooms, which its admin interface lists nowhere, and a word at once when one comes.

It adds two addresses for administrators and stands in no request of anybody else: it has no callbacks, so it cannot
make the server slower or refuse anything. It reads three tables of reports, whose names are Synapse's own affair: tried
with 1.163.2, to be tried again with each version.

    GET /_synapse/client/ostrakon/room_reports?from=0&limit=100    as the lists of reports of the admin interface
    GET /_synapse/client/ostrakon/news?since=7.3.0                 answers when something is newer, or after 20 s
"""

from __future__ import annotations

from typing import Any

from synapse.module_api import DirectServeJsonResource, ModuleApi
from synapse.module_api.errors import Codes, SynapseError

TABLES = ("event_reports", "user_reports", "room_reports")
LOOKS_EVERY_S, ANSWERS_AFTER_S = 0.25, 20.0
"""Only while somebody waits for news."""
MOST = 100_000
"""Rows at once, as Synapse itself allows."""
ROWS = """
    SELECT reports.id, reports.received_ts, reports.room_id, reports.user_id, reports.reason,
           known.canonical_alias, known.name
    FROM room_reports AS reports LEFT JOIN room_stats_state AS known ON known.room_id = reports.room_id
    ORDER BY reports.id LIMIT ? OFFSET ?
"""
FIELDS = ("id", "received_ts", "room_id", "user_id", "reason", "canonical_alias", "name")


class Ostrakon:
    """What ``modules:`` names. It has no settings."""

    def __init__(self, config: dict[str, Any], api: ModuleApi) -> None:
        api.register_web_resource("/_synapse/client/ostrakon/room_reports", RoomReports(api))
        api.register_web_resource("/_synapse/client/ostrakon/news", News(api))


class RoomReports(DirectServeJsonResource):
    """The reports on rooms by their numbers, from an offset: a clock that is set back moves none of them."""

    def __init__(self, api: ModuleApi) -> None:
        super().__init__()
        self.api = api

    async def _async_render_GET(self, request: Any) -> tuple[int, dict[str, Any]]:  # noqa: N802 - Synapse's name
        await only_for_administrators(self.api, request)
        limit, start = min(number(request, "limit", 100), MOST), number(request, "from", 0)
        found, total = await self.api.run_db_interaction("ostrakon_room_reports", page, limit, start)
        return 200, {"room_reports": [dict(zip(FIELDS, row, strict=True)) for row in found], "total": total}


class News(DirectServeJsonResource):
    """The newest number of each table, as soon as it is another one than is known."""

    def __init__(self, api: ModuleApi) -> None:
        super().__init__()
        self.api = api

    async def _async_render_GET(self, request: Any) -> tuple[int, dict[str, Any]]:  # noqa: N802 - Synapse's name
        await only_for_administrators(self.api, request)
        known, waited_s = (request.args.get(b"since") or [b""])[0].decode("ascii", "replace"), 0.0
        while (newest := await self._newest()) == known and waited_s < ANSWERS_AFTER_S:
            await self.api.sleep(LOOKS_EVERY_S)
            waited_s += LOOKS_EVERY_S
        return 200, {"newest": newest}

    async def _newest(self) -> str:
        return await self.api.run_db_interaction("ostrakon_news", newest_numbers)


async def only_for_administrators(api: ModuleApi, request: Any) -> None:
    """Raises as the admin interface does."""
    requester = await api.get_user_by_req(request)
    if not await api.is_user_admin(requester.user.to_string()):
        raise SynapseError(403, "You are not a server admin", Codes.FORBIDDEN)


def number(request: Any, name: str, default: int) -> int:
    """A parameter that is a number, not below zero."""
    given = (request.args.get(name.encode()) or [str(default).encode()])[0]
    if not given.isdigit() or len(given) > 9:
        raise SynapseError(400, f"{name} is to be a number", Codes.INVALID_PARAM)
    return int(given)


def page(transaction: Any, limit: int, start: int) -> tuple[list[Any], int]:
    """Some rows, and how many there are in all."""
    transaction.execute(ROWS, (limit, start))
    found = transaction.fetchall()
    transaction.execute("SELECT COUNT(*) FROM room_reports")
    return found, transaction.fetchone()[0]


def newest_numbers(transaction: Any) -> str:
    """Such as ``7.3.0``. It goes down when rows are deleted: that is news too."""
    numbers = []
    for table in TABLES:
        transaction.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
        numbers.append(str(transaction.fetchone()[0]))
    return ".".join(numbers)
