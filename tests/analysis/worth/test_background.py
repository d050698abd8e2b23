"""What is known of accounts and reporters besides the reports."""

from __future__ import annotations

import inspect

import numpy as np
import polars as pl
import pytest
from tests.analysis.small import START_S, accounts, case_of, log_of, reporter_of, reporters

from ostrakon.analysis.worth import background as module
from ostrakon.analysis.worth.background import background

LOG = log_of("alice mallory 1 spam", "bo mallory 1 abuse", "cy chidi 2 spam", "dan chidi 3 spam")


def test_exposure_is_views_and_where_they_are_unknown_followers() -> None:
    known = background(LOG, accounts("mallory 1000 50", "chidi - 70"))
    assert known.exposure[case_of(LOG, "mallory", "spam")] == 1000
    assert known.exposure[case_of(LOG, "mallory", "abuse")] == 1000
    assert known.exposure[case_of(LOG, "chidi")] == 70


def test_no_views_at_all_is_not_the_same_as_unknown() -> None:
    assert background(LOG, accounts("chidi 0 70")).exposure[case_of(LOG, "chidi")] == 0


def test_without_tables_everything_is_unknown() -> None:
    known = background(LOG)
    for facts in (known.exposure, known.made_at, known.reporter_made_at):
        assert np.isnan(facts).all()
    assert known.inviter.tolist() == [-1] * 4


def test_an_account_that_the_table_does_not_have_is_unknown() -> None:
    known = background(LOG, accounts("mallory 1000 50 -100"))
    assert np.isnan(known.exposure[case_of(LOG, "chidi")])
    assert np.isnan(known.made_at[case_of(LOG, "chidi")])


def test_accounts_that_nobody_reported_change_nothing() -> None:
    one = background(LOG, accounts("mallory 1000", "chidi 5"))
    other = background(LOG, accounts("aaa 1", "mallory 1000", "zzz 9", "chidi 5"))
    assert np.array_equal(one.exposure, other.exposure)


def test_ages_are_seconds_since_1970() -> None:
    known = background(LOG, accounts("mallory - - -1"), reporters("alice -2"))
    assert known.made_at[case_of(LOG, "mallory", "spam")] == START_S - 3600
    assert known.reporter_made_at[reporter_of(LOG, "alice")] == START_S - 7200


def test_reporters_with_the_same_inviter_share_a_code() -> None:
    inviter = background(LOG, None, reporters("alice - eve", "bo - frank", "cy - eve", "dan - -")).inviter
    of = {name: int(inviter[reporter_of(LOG, name)]) for name in ("alice", "bo", "cy", "dan")}
    assert of["alice"] == of["cy"] != of["bo"]
    assert min(of["alice"], of["bo"]) >= 0
    assert of["dan"] == -1


@pytest.mark.parametrize("column", ["language", "religion", "origin", "opinion", "country", "locale"])
def test_no_column_about_who_somebody_is_can_be_read(column: str) -> None:
    source = inspect.getsource(module)
    assert f'"{column}"' not in source
    strange = accounts("mallory 1000 50 -9").with_columns(pl.lit("x").alias(column))
    known, plain = background(LOG, strange), background(LOG, strange.drop(column))
    assert np.array_equal(known.exposure, plain.exposure, equal_nan=True)
