"""Files of an earlier time are kept as they came, checked, on the record, and can be withdrawn."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from tests.casework.case import NOW
from tests.impact.earlier import SPELLS, a_file, added

from ostrakon.errors import InputUnusable, NotReady, NotThere, Unfit
from ostrakon.impact.history.files import add_history, batches_of, history_files, withdraw_history
from ostrakon.impact.history.kept import BEGINNING, place_of
from ostrakon.impact.history.kinds import ACCOUNTS, KINDS
from ostrakon.impact.models import HistoryFile
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry
from ostrakon.service.manifest import NAME_OF_A_PART

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def test_a_file_is_kept_byte_for_byte_under_its_hash(tmp_path: Path) -> None:
    kept = added(tmp_path, "spells")
    assert place_of(kept.sha256).read_bytes() == SPELLS.encode()
    assert kept.sha256 == hashlib.sha256(SPELLS.encode()).hexdigest()
    assert (kept.rows, kept.size, kept.name) == (5, len(SPELLS), "spells.csv")


def test_a_kept_file_is_for_its_owner_only(tmp_path: Path) -> None:
    assert place_of(added(tmp_path, "spells").sha256).stat().st_mode & 0o077 == 0


def test_adding_is_one_entry_of_the_record_however_many_rows(tmp_path: Path) -> None:
    kept = added(tmp_path, "spells")
    added(tmp_path, "spells")
    (entry,) = Entry.objects.filter(kind=Kind.HISTORY_ADDED)
    assert entry.subject == f"history:{kept.pk}"
    assert kept.sha256 in entry.body


def test_the_same_bytes_twice_are_one_file(tmp_path: Path) -> None:
    assert added(tmp_path, "spells") == added(tmp_path, "spells")
    assert added(tmp_path, "spells", platform="town") != added(tmp_path, "spells")


def test_a_row_that_is_not_used_is_counted_with_its_problem(tmp_path: Path) -> None:
    kept = added(tmp_path, "spells", SPELLS + ",2026-01-01,,,,\n")
    assert (kept.rows, sum(kept.rejected.values())) == (5, 1)


def test_what_is_no_such_file_is_refused_and_nothing_stays(tmp_path: Path) -> None:
    with pytest.raises(InputUnusable):
        added(tmp_path, "spells", "list,account\nx,y\n")
    with pytest.raises(InputUnusable, match="no row could be used"):
        added(tmp_path, "spells", "account,start_at\n")
    with pytest.raises(Unfit, match="lists, spells"):
        add_history("gossip", a_file(tmp_path, "spells"), actor="system", now=NOW)
    assert not HistoryFile.objects.exists()


def test_a_withdrawn_file_is_read_no_more_and_its_bytes_are_gone(tmp_path: Path) -> None:
    kept = added(tmp_path, "spells")
    withdraw_history(kept.pk, actor="system", now=LATER)
    assert not place_of(kept.sha256).exists()
    assert history_files("spells", LATER) == []
    assert history_files("spells", NOW) == [kept]  # what was measured then was measured with it
    with pytest.raises(NotReady, match=kept.sha256[:12]):
        list(batches_of(kept))
    assert Entry.objects.get(kind=Kind.HISTORY_WITHDRAWN).subject == f"history:{kept.pk}"


def test_bytes_stay_while_another_file_of_them_is_of_use(tmp_path: Path) -> None:
    kept, same = added(tmp_path, "spells"), added(tmp_path, "spells", platform="town")
    withdraw_history(kept.pk, actor="system", now=LATER)
    assert place_of(same.sha256).exists()


def test_a_file_that_was_withdrawn_can_come_again(tmp_path: Path) -> None:
    first = added(tmp_path, "spells")
    withdraw_history(first.pk, actor="system", now=LATER)
    assert added(tmp_path, "spells") != first


def test_nothing_is_withdrawn_that_is_not_there() -> None:
    with pytest.raises(NotThere):
        withdraw_history(10**9, actor="system", now=NOW)


def test_every_kind_says_which_of_its_columns_name_accounts() -> None:
    assert set(ACCOUNTS) == set(KINDS)
    assert all(set(columns) <= set(KINDS[kind].names) for kind, columns in ACCOUNTS.items())


def test_a_kept_file_has_a_name_that_a_backup_takes() -> None:
    name = place_of("a" * 64).name
    assert name.startswith(BEGINNING)
    assert NAME_OF_A_PART.fullmatch(name)
