"""Accounts, reporters and evidence that reports name: found, or created by being named. For the writer alone."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256

from ostrakon.intake.incoming import Snapshot
from ostrakon.intake.models import Account, Evidence, Reporter
from ostrakon.intake.rows import find, insert, moment, reserve

Name = tuple[str, str]
"""Platform and the platform's stable id."""
NOT_FETCHED = "only the address was given; nobody fetched it"


def accounts_named(names: Iterable[Name], named_at: datetime) -> dict[Name, int]:
    """The ids of these accounts. One that nobody named before is created; that it exists, only the report says."""
    ids, missing = _known(Account, names)
    columns = ("id", "platform", "external_id", "language", "first_named_at")
    at = moment(named_at)
    insert(Account, columns, [(ids[name], *name, "", at) for name in missing])
    return ids


def reporters_named(names: Iterable[Name]) -> dict[Name, int]:
    """The ids of these reporters, created where they are new."""
    ids, missing = _known(Reporter, names)
    columns = ("id", "platform", "external_id", "invited_by", "name", "email", "language")
    insert(Reporter, columns, [(ids[name], *name, "", "", "", "") for name in missing])
    return ids


def evidence_kept(shown: Iterable[tuple[int, Snapshot]], taken_at: datetime) -> dict[tuple[int, str], int]:
    """Ids by account and hash of the content. The same content of one account is kept once, as it first came."""
    wanted = {(account, snapshot.sha256): snapshot for account, snapshot in shown}
    found = find(Evidence, ("account", "sha256"), list(wanted), ("id",))
    ids = {(account, digest): number for account, digest, number in found}
    missing = [key for key in wanted if key not in ids]
    ids.update(zip(missing, reserve(Evidence, len(missing)), strict=True))
    columns = (
        "id",
        "account",
        "sha256",
        "content",
        "media_type",
        "location",
        "salt",
        "salted",
        "taken_at",
        "missing",
    )
    at = moment(taken_at)
    insert(Evidence, columns, [_evidence(ids[key], key, wanted[key], at) for key in missing])
    return ids


def _known(
    model: type[Account] | type[Reporter], names: Iterable[Name]
) -> tuple[dict[Name, int], Sequence[Name]]:
    """Ids for all, those who are new included, and who is new."""
    distinct = list(dict.fromkeys(names))
    found = find(model, ("platform", "external_id"), distinct, ("id",))
    ids = {(platform, external_id): number for platform, external_id, number in found}
    missing = [name for name in distinct if name not in ids]
    ids.update(zip(missing, reserve(model, len(missing)), strict=True))
    return ids, missing


def _evidence(number: int, key: tuple[int, str], shown: Snapshot, at: object) -> tuple[object, ...]:
    salt = os.urandom(16)
    return (
        number,
        *key,
        shown.content,
        shown.media_type,
        shown.location,
        salt,
        sha256(salt + shown.kept).hexdigest(),
        at,
        shown.missing if shown.content is not None else NOT_FETCHED,
    )
