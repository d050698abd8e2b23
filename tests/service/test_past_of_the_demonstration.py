"""The year that the demonstration brings along: files by the usual door, ending when its week begins."""

from __future__ import annotations

import polars as pl
import pytest
from tests.casework.case import NOW

from ostrakon.impact.history.files import batches_of
from ostrakon.impact.history.kinds import KINDS
from ostrakon.impact.inputs import read_inputs
from ostrakon.impact.models import HistoryFile
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry
from ostrakon.service.demonstration.past import bring_a_past

pytestmark = pytest.mark.django_db


def test_the_year_before_comes_as_a_file_of_every_kind_and_ends_when_the_week_begins() -> None:
    bring_a_past(8, NOW)
    files = {file.kind: file for file in HistoryFile.objects.all()}
    assert set(files) == set(KINDS)
    assert Entry.objects.filter(kind=Kind.HISTORY_ADDED).count() == len(KINDS)
    seen = pl.concat(list(batches_of(files["lists"])))["seen_at"]
    assert (NOW - seen.max()).days == 0
    assert (NOW - seen.min()).days >= 360
    assert read_inputs(NOW).of("protected")["spells"].height > 20


def test_the_same_seed_is_the_same_year_byte_for_byte() -> None:
    bring_a_past(8, NOW)
    bring_a_past(8, NOW)
    assert HistoryFile.objects.count() == len(KINDS)
