"""The fake platform's interface. It is strict: an unknown path is an error, and so is an id that cannot be one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.fake.acts import Act, act_on, can, is_so
from ostrakon.platforms.fake.answers import Answer
from ostrakon.platforms.fake.rules import DESK, FLAGS
from ostrakon.platforms.fake.service import Account, FakeService, Report

LARGEST_PAGE = 500
LONGEST_ID = 200


@dataclass(frozen=True)
class Request:
    """What came in. ``path`` is as it was sent, with its query."""

    method: str
    path: str
    body: bytes = b""
    token: str = ""


@dataclass(frozen=True)
class _Asked:
    """A request, taken apart."""

    service: FakeService
    ids: tuple[str, ...]
    query: Mapping[str, str]
    fields: Mapping[str, Any]
    role: str


def _refusal(status: int, error: str, **more: Any) -> Answer:
    return Answer.of(status, {"error": error, **more})


def answer(service: FakeService, request: Request) -> Answer:
    """The reply to a request; one at a time."""
    parts = urlsplit(request.path)
    segments = [unquote(segment) for segment in parts.path.split("/")[1:]]
    door, ids = _door(request.method, segments)
    if door is None:
        return _refusal(404, "no_such_path")
    role = service.tokens.get(request.token)
    if door is not _about and role is None:
        return _refusal(401, "unknown_token")
    if door not in (_about, _me) and role != "moderator":
        return _refusal(403, "forbidden")
    if any(not one or len(one) > LONGEST_ID or not one.isprintable() for one in ids):
        return _refusal(400, "bad_id")
    fields = _json(request.body)
    if fields is None:
        return _refusal(400, "bad_json")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return door(_Asked(service, ids, query, fields, role or ""))


Door = Callable[[_Asked], Answer]


def _door(method: str, segments: list[str]) -> tuple[Door | None, tuple[str, ...]]:
    """The door that a path leads to; every second segment is an id."""
    names, ids = tuple(segments[0::2]), tuple(segments[1::2])
    return DOORS.get((method, names, len(ids))), ids


def _json(body: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


# -- reading ---------------------------------------------------------------------------------------


def _about(asked: _Asked) -> Answer:
    now = asked.service.now + asked.service.skew
    return Answer.of(200, {"name": "fake", "version": "1", "now": now.isoformat()})


def _me(asked: _Asked) -> Answer:
    return Answer.of(200, {"role": asked.role})


def _named(asked: _Asked) -> Answer:
    found = asked.service.by_handle.get(asked.query.get("handle", ""), [])
    return Answer.of(200, {"accounts": [_shown(asked.service, asked.service.accounts[one]) for one in found]})


def _account(asked: _Asked) -> Answer:
    found = asked.service.accounts.get(asked.ids[0])
    return Answer.of(200, _shown(asked.service, found)) if found else _refusal(404, "no_such_account")


def _shown(service: FakeService, account: Account) -> dict[str, Any]:
    flags = {name: name in account.flags for name in FLAGS.values() if name != FLAGS[PlatformAction.SUSPEND]}
    sources = (DESK, service.rules.suspension_flag) if service.rules.two_sources else ("suspended",)
    return {
        "id": account.id,
        "handle": account.handle,
        "local": account.local,
        "flags": {**flags, **{name: name in account.flags for name in sources}},
        "labels": sorted(account.labels),
        "strikes": account.acts,
        "set_by": {name: service.set_by.get((account.id, name), "") for name in account.flags},
        "work": [{"task": task.id, "type": task.type} for task in service.waiting(account.id)],
    }


def _profile(asked: _Asked) -> Answer:
    found = asked.service.accounts.get(asked.ids[0])
    if found is None:
        return _refusal(404, "no_such_account")
    shown = {"id": found.id, "handle": found.handle, "name": found.display_name, "bio": found.bio}
    return Answer.of(200, {**shown, "follows": list(found.follows)})


def _item(asked: _Asked) -> Answer:
    found = asked.service.items.get(asked.ids[0])
    if found is None or found.deleted:
        return _refusal(404, "no_such_item")
    media = [{"id": one, "lost": one in found.lost_media} for one in found.media]
    return Answer.of(200, {"id": found.id, "author": found.author, "text": found.text, "media": media})


def _reports(asked: _Asked) -> Answer:
    """From an offset, oldest first. Closed ones are left out unless they are asked for, as Mastodon does."""
    start, limit = asked.query.get("from", "0"), asked.query.get("limit", "100")
    if not (start.isdecimal() and limit.isdecimal() and 1 <= int(limit) <= LARGEST_PAGE):
        return _refusal(400, "bad_page")
    rows = asked.service.reports
    if asked.query.get("closed") != "1":
        rows = [row for row in rows if not row.closed]
    page = rows[int(start) : int(start) + int(limit)]
    return Answer.of(200, {"reports": [_row(asked.service, row) for row in page], "total": len(rows)})


def _row(service: FakeService, row: Report) -> dict[str, Any]:
    return {
        "id": row.id,
        "at": row.at.isoformat(),
        "reporter": row.reporter or None,
        "server": row.server or None,
        "account": {"id": row.account, "local": service.accounts[row.account].local},
        "item": row.item or None,
        "text": row.text,
        "closed": row.closed,
    }


def _task(asked: _Asked) -> Answer:
    found = asked.service.tasks.get(asked.ids[0])
    if found is None:
        return _refusal(404, "no_such_task")
    return Answer.of(
        200, {"id": found.id, "account": found.account, "type": found.type, "state": found.state}
    )


# -- acting ----------------------------------------------------------------------------------------


def _act(asked: _Asked) -> Answer:
    service, fields = asked.service, asked.fields
    account, action = service.accounts.get(asked.ids[0]), str(fields.get("type", ""))
    if account is None:
        return _refusal(404, "no_such_account")
    if not can(action):
        return _refusal(400, "no_such_action")
    if refusal := _out_of_reach(service, account):
        return refusal
    label, text = str(fields.get("label", "")), str(fields.get("text", ""))
    notifies = bool(fields.get("notifies", True))  # as Mastodon: what is left out is true
    act = Act(account.id, PlatformAction(action), asked.role, label, text, notifies)
    if service.rules.objects_to_repeats and is_so(service, act):
        return _refusal(409, "is_so_already")
    task = act_on(service, act)
    return Answer.of(202, {"task": task.id}) if task else Answer.of(200, _shown(service, account))


def _out_of_reach(service: FakeService, account: Account) -> Answer | None:
    if limited := _limited(service):
        return limited
    if not account.local and not service.rules.remote_accounts:
        return _refusal(400, "remote_account")
    if account.id in service.held:
        return _refusal(403, "legal_hold")
    return _refusal(403, "forbidden") if account.id in service.out_of_reach else None


def _limited(service: FakeService) -> Answer | None:
    """More changes in a minute of its clock than there may be?"""
    if service.rules.calls_a_minute is None:
        return None
    since = service.now - timedelta(minutes=1)
    service.changes_at = [at for at in service.changes_at if at > since]
    if len(service.changes_at) < service.rules.calls_a_minute:
        service.changes_at.append(service.now)
        return None
    wait = (service.changes_at[0] - since).total_seconds()
    return _refusal(429, "limit", retry_after_ms=wait * 1000)


def _notice(asked: _Asked) -> Answer:
    """To a deactivated account it answers as to any other; nobody reads it."""
    service, account = asked.service, asked.service.accounts.get(asked.ids[0])
    if account is None:
        return _refusal(404, "no_such_account")
    if limited := _limited(service):
        return limited
    text = f"{asked.fields.get('subject', '')}\n\n{asked.fields.get('body', '')}"
    told = service.tell(account.id, text, key=str(asked.fields.get("key", "")))
    return Answer.of(200, {"id": told.id})


DOORS: Mapping[tuple[str, tuple[str, ...], int], Door] = {
    ("GET", ("about",), 0): _about,
    ("GET", ("me",), 0): _me,
    ("GET", ("accounts",), 0): _named,
    ("GET", ("accounts",), 1): _account,
    ("GET", ("accounts", "profile"), 1): _profile,
    ("GET", ("items",), 1): _item,
    ("GET", ("reports",), 0): _reports,
    ("GET", ("tasks",), 1): _task,
    ("POST", ("accounts", "actions"), 1): _act,
    ("POST", ("accounts", "notices"), 1): _notice,
}
"""(method, names of the path, ids in it): the door."""
