"""Every world is a set of typed tables by the file contract, hangs together, and does not tell its secret."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.stats import rankdata
from tests.worlds.plain import KEY, MAKERS, made, with_policy

from ostrakon.analysis.tables import ACCOUNTS, DECISIONS, REPORTERS, REPORTS, Shape
from ostrakon.worlds.clock import START
from ostrakon.worlds.world import REPORTER_TRUTH, TRUTH, World

WORLDS = sorted(MAKERS)
TABLES = ["reports", "decisions", "accounts", "reporters", "truth", "reporter_truth"]


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest) -> World:
    return made(request.param)


def typed_like(table: pl.DataFrame, shape: Shape) -> None:
    assert set(shape.required) <= set(table.columns)
    for name, dtype in table.schema.items():
        assert dtype == shape[name].kind.dtype, name
        if shape[name].required:
            assert table[name].null_count() == 0
        if shape[name].choices:
            assert set(table[name].unique()) <= set(shape[name].choices)


def test_the_tables_have_the_columns_and_types_of_the_contract(world: World) -> None:
    typed_like(world.reports, REPORTS)
    typed_like(world.decisions, DECISIONS)
    typed_like(world.accounts, ACCOUNTS)
    typed_like(world.reporters, REPORTERS)
    assert dict(world.truth.schema) == TRUTH
    assert dict(world.reporter_truth.schema) == REPORTER_TRUTH


def test_the_tables_speak_of_the_same_things(world: World) -> None:
    for table in (
        world.accounts.select("account"),
        world.reporters.select("reporter"),
        world.truth.select(KEY),
    ):
        assert table.is_duplicated().sum() == 0
    assert with_policy(world.reports).join(world.truth, on=KEY, how="anti").is_empty()
    assert world.reports.join(world.accounts, on="account", how="anti").is_empty()
    assert world.reports.join(world.reporters, on="reporter", how="anti").is_empty()
    assert set(world.reporter_truth["reporter"]) == set(world.reporters["reporter"])
    assert with_policy(world.decisions).join(with_policy(world.reports), on=KEY, how="anti").is_empty()


def test_times_are_possible(world: World) -> None:
    assert world.reports["reported_at"].is_sorted()
    assert world.reports["reported_at"][0] >= START
    if not world.name.startswith("growth"):
        seen = world.reports.join(world.reporters, on="reporter")
        assert (seen["created_at"] <= seen["reported_at"]).all()
    assert (world.accounts["created_at"] <= START).all()


def test_a_reversal_follows_a_suspension(world: World) -> None:
    rows = with_policy(world.decisions).sort("decided_at", maintain_order=True)
    story = rows.group_by(KEY).agg(pl.col("outcome"))["outcome"].to_list()
    assert {tuple(outcomes) for outcomes in story} <= {("upheld",), ("rejected",), ("upheld", "overturned")}


# One maker draws all cascade worlds: two variants, without rings and with all their tricks, stand for it.
@pytest.mark.parametrize(
    "name", [n for n in WORLDS if "cascade" not in n] + ["cascade-quiet", "cascade-evading"]
)
def test_a_seed_gives_one_world_and_another_seed_another(name: str) -> None:
    again, other = MAKERS[name](0), MAKERS[name](1)
    for table in TABLES:
        assert getattr(made(name), table).equals(getattr(again, table)), table
    assert not made(name).reports.equals(other.reports)
    assert not made(name).truth.equals(other.truth)


def ranking_power(marked: np.ndarray) -> float:
    """The AUC of the order of rows for a mark, minus one half, in standard errors."""
    inside, outside = int(marked.sum()), int((~marked).sum())
    above = rankdata(np.arange(len(marked)))[marked].sum() - inside * (inside + 1) / 2
    error = np.sqrt((inside + outside + 1) / (12 * inside * outside))
    return float((above / (inside * outside) - 0.5) / error)


def test_neither_ids_nor_the_order_of_rows_tell_what_an_account_is(world: World) -> None:
    number = pl.col("account").str.extract(r"(\d+)$").cast(pl.Int64)
    for rows in (world.accounts, world.accounts.sort(number)):
        accounts = world.truth.group_by("account").agg(pl.col("violates").any(), pl.col("kind").first())
        judged = rows.join(accounts, on="account", how="left", maintain_order="left")
        assert abs(ranking_power(judged["violates"].to_numpy())) < 4
        speaks = (judged["kind"] == "counter_speaker").to_numpy()
        assert not speaks.any() or abs(ranking_power(speaks)) < 4


def test_neither_ids_nor_the_order_of_rows_tell_what_a_reporter_is(world: World) -> None:
    number = pl.col("reporter").str.extract(r"(\d+)$").cast(pl.Int64)
    for rows in (world.reporters, world.reporters.sort(number)):
        judged = rows.join(world.reporter_truth, on="reporter", how="left", maintain_order="left")
        for start in ("ring", "throwaway", "sloppy"):
            marked = judged["group"].str.starts_with(start).to_numpy()
            assert not marked.any() or abs(ranking_power(marked)) < 4, start


def test_language_has_nothing_to_do_with_what_an_account_is(world: World) -> None:
    if "language" not in world.accounts.columns:
        return
    accounts = world.truth.group_by("account").agg(pl.col("violates").any())
    by_language = accounts.join(world.accounts, on="account").group_by("language")
    table = by_language.agg(share=pl.col("violates").mean(), rows=pl.len())
    overall = accounts["violates"].mean()
    assert isinstance(overall, float)
    error = np.sqrt(overall * (1 - overall) / table["rows"].to_numpy())
    assert (np.abs(table["share"].to_numpy() - overall) < 4 * error).all()
