"""The shapes of the tables, as the file contract of the house words them."""

from __future__ import annotations

import polars as pl
import pytest

from ostrakon.analysis import tables
from ostrakon.analysis.tables import Kind, Shape

SHAPES = {name: value for name, value in vars(tables).items() if isinstance(value, Shape)}

CONTRACT = {
    "REPORTS": "reporter account reported_at [report_id policy text source platform]",
    "DECISIONS": "account outcome [policy decided_at selection propensity reviewer]",
    "ACCOUNTS": "account [created_at followers views language]",
    "REPORTERS": "reporter [created_at invited_by]",
    "SUSPENDED": "account handle [display_name bio created_at suspended_at avatar_hash language]",
    "NEW": "account handle [display_name bio created_at suspended_at avatar_hash language]",
    "PLACEBO": "account handle [display_name bio created_at suspended_at avatar_hash language]",
    "FOLLOWS": "follower followee [kind]",
    "REVIEWS": "account suspended_account verdict",
    "LISTS": "list account [seen_at verdict]",
    "PERSON_LINKS": "account suspended_account probability",
    "SPELLS": "account start_at [end_at event entry_at group]",
    "FLAGGED": "account from_at [to_at]",
    "PANEL": "unit time outcome [treated_at cluster]",
    "NUMBERED_PANEL": "unit time outcome [treated_at cluster]",
    "SUSPENSIONS": "account suspended_at [group stratum noticed_at appealed_at answered_at appeal looked_at "
    "verdict reinstated_at]",
    "OUTLINKS": "unit time platform links [treated_at cluster]",
    "AUDIENCE": "account age_days followers",
    "FIGURES": "name value low high unit grade method warnings refused",
    "LINKS": "account suspended_account rank probability false_link_rate channels",
    "QUEUE": "rank account policy reports reporters independent_reports probability probability_low "
    "probability_high campaigns decided",
    "REPORTER_RECORDS": "reporter reports decided upheld precision precision_low precision_high campaigns",
    "CAMPAIGNS": "campaign members targets reports first_at last_at lift q_value upheld_share kind",
    "CAMPAIGN_MEMBERS": "campaign reporter q_value",
    "CAMPAIGN_TARGETS": "campaign account reports first_at last_at",
    "REJECTED": "file line problem row",
}
"""Columns of each table in order, the optional ones in brackets."""


@pytest.mark.parametrize("name", CONTRACT)
def test_a_table_has_the_columns_of_the_contract_in_their_order(name: str) -> None:
    required, _, optional = CONTRACT[name].partition("[")
    assert SHAPES[name].required == tuple(required.split())
    assert SHAPES[name].names == (*required.split(), *optional.strip("]").split())


def test_every_shape_stands_in_the_contract() -> None:
    assert set(SHAPES) == set(CONTRACT)


@pytest.mark.parametrize("name", SHAPES)
def test_an_empty_table_has_every_column_and_no_row(name: str) -> None:
    shape = SHAPES[name]
    empty = shape.empty()
    assert empty.height == 0
    assert empty.schema == {column.name: column.kind.dtype for column in shape.columns}


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [
        (Kind.ID, pl.String()),
        (Kind.TIME, pl.Datetime("us", "UTC")),
        (Kind.TEXT, pl.String()),
        (Kind.COUNT, pl.Float64()),
        (Kind.SHARE, pl.Float64()),
        (Kind.CHOICE, pl.String()),
        (Kind.NUMBER, pl.Float64()),
        (Kind.INTEGER, pl.Int64()),
    ],
)
def test_every_kind_has_one_dtype(kind: Kind, dtype: pl.DataType) -> None:
    assert kind.dtype == dtype


def test_a_column_is_found_by_its_name() -> None:
    assert tables.DECISIONS["outcome"].choices == ("upheld", "rejected", "overturned")
    assert tables.DECISIONS["selection"].choices == ("queue", "audit")
    assert tables.REPORTS["policy"].kind is Kind.TEXT


def test_a_choice_always_names_what_may_be_chosen() -> None:
    for shape in SHAPES.values():
        for column in shape.columns:
            assert (column.kind is Kind.CHOICE) == bool(column.choices)
