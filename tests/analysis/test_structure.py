"""The network among flagged accounts, and what random removals would have left of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ostrakon.analysis.figures import Measured
from ostrakon.analysis.structure import MEASURES, Network, measures, network_of, structure

START = datetime(2026, 1, 1, tzinfo=UTC)
KARATE = {
    1: [2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 18, 20, 22, 32], 2: [3, 4, 8, 14, 18, 20, 22, 31],
    3: [4, 8, 9, 10, 14, 28, 29, 33], 4: [8, 13, 14], 5: [7, 11], 6: [7, 11, 17], 7: [17], 9: [31, 33, 34],
    10: [34], 14: [34], 15: [33, 34], 16: [33, 34], 19: [33, 34], 20: [34], 21: [33, 34], 23: [33, 34],
    24: [26, 28, 30, 33, 34], 25: [26, 28, 32], 26: [32], 27: [30, 34], 28: [34], 29: [32, 34], 30: [33, 34],
    31: [33, 34], 32: [33, 34], 33: [34],
}  # fmt: skip
"""W. Zachary, Journal of Anthropological Research 33 (1977) 452-473, figure 3: 34 people, 78 ties."""


def of_pairs(pairs: list[tuple[int, int]], accounts: int) -> Network:
    ends = np.array(pairs, np.int32).reshape(-1, 2)
    return network_of(ends[:, 0], ends[:, 1], accounts)


def whole(network: Network) -> dict[str, float]:
    return measures(network, np.ones(network.accounts, np.bool_))


def test_zacharys_club_is_the_published_one() -> None:
    """Density 78 / 561 = .139, all of one piece, largest core 4 (Batagelj and Zaversnik's cores; networkx agrees)."""
    ties = [(one - 1, two - 1) for one, others in KARATE.items() for two in others]
    found = whole(of_pairs(ties + [(two, one) for one, two in ties], 34))
    assert found["density"] == pytest.approx(78 / 561)
    assert (found["reciprocity"], found["giant_component"], found["core"]) == (1.0, 1.0, 4.0)


def test_a_hand_counted_network() -> None:
    """0 and 1 follow each other, 1 follows 2, 3 follows 4, 5 is alone: 4 follows of 30, half returned, 3 of 6."""
    found = whole(of_pairs([(0, 1), (1, 0), (1, 2), (3, 4)], 6))
    assert found == {"density": 4 / 30, "reciprocity": 0.5, "giant_component": 0.5, "core": 1.0}


edges = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=60)


@settings(max_examples=200)
@given(edges, st.lists(st.booleans(), min_size=15, max_size=15).filter(lambda there: sum(there) > 1))
def test_components_and_cores_are_those_of_peeling_by_hand(
    pairs: list[tuple[int, int]], there: list[bool]
) -> None:
    found = measures(of_pairs(pairs, 15), np.array(there))
    left = {account for account in range(15) if there[account]}
    near = {a: {b for b in left if b != a and ((a, b) in pairs or (b, a) in pairs)} for a in left}
    assert found["giant_component"] == max(len(reached(near, one)) for one in left) / len(left)
    assert found["core"] == max(k for k in range(15) if core(near, k))
    follows = {(a, b) for a, b in pairs if a != b and a in left and b in left}
    assert found["density"] == pytest.approx(len(follows) / (len(left) * (len(left) - 1)))


def reached(near: dict[int, set[int]], one: int) -> set[int]:
    seen, waiting = {one}, [one]
    while waiting:
        more = near[waiting.pop()] - seen
        seen |= more
        waiting += more
    return seen


def core(near: dict[int, set[int]], k: int) -> set[int]:
    left = set(near)
    while thin := {one for one in left if len(near[one] & left) < k}:
        left -= thin
    return left


# -- against random removals -----------------------------------------------------------------------


def tables(gone: set[int], pairs: list[tuple[int, int]], accounts: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    until = [START + timedelta(days=5) if account in gone else None for account in range(accounts)]
    flagged = pl.DataFrame(
        {
            "account": [f"a{number:03}" for number in range(accounts)],
            "from_at": [START] * accounts,
            "to_at": until,
        },
        schema_overrides={"from_at": pl.Datetime("us", "UTC"), "to_at": pl.Datetime("us", "UTC")},
    )
    rows = [(f"a{one:03}", f"a{two:03}") for one, two in pairs]
    return flagged, pl.DataFrame(rows, schema={"follower": pl.String, "followee": pl.String}, orient="row")


def hub_and_spokes(gone: set[int]) -> Measured:
    """Ten hubs, each followed by 20 of their own: without the hubs nothing hangs together."""
    pairs = [(10 + 20 * hub + place, hub) for hub in range(10) for place in range(20)]
    pairs += [(hub, (hub + 1) % 10) for hub in range(10)]
    flagged, follows = tables(gone, pairs, 210)
    return structure(flagged, [follows], removals=200, seed=3)


def row(found: Measured, measure: str) -> dict[str, float]:
    return next(dict(one) for one in found.tables["structure"] if one["measure"] == measure)


def test_removing_the_hubs_leaves_less_than_random_removals_do() -> None:
    found = row(hub_and_spokes(set(range(10))), "giant_component")
    assert found["before"] == 1.0
    assert found["after"] < found["random_low"]
    assert found["random_p"] < 0.02


def test_removing_the_hubs_is_what_removing_accounts_with_as_many_follows_does() -> None:
    found = row(hub_and_spokes(set(range(10))), "giant_component")
    assert found["alike_low"] <= found["after"] <= found["alike_high"]


def test_a_removal_by_chance_lies_within_the_band() -> None:
    rng, inside = np.random.default_rng(8), 0
    for _ in range(20):
        found = row(hub_and_spokes(set(rng.permutation(210)[:30].tolist())), "density")
        inside += found["random_low"] <= found["after"] <= found["random_high"]
    assert inside >= 17


def test_nobody_is_named_or_ranked() -> None:
    found = hub_and_spokes(set(range(10)))
    assert "a0" not in repr(found)
    assert all(len(rows) <= len(MEASURES) for rows in found.tables.values())


def test_the_order_of_the_rows_changes_nothing() -> None:
    pairs = [(one, two) for one in range(40) for two in range(40) if (one * two) % 7 == 1]
    flagged, follows = tables(set(range(8)), pairs, 40)
    turned = structure(flagged.reverse(), [follows[:30].reverse(), follows[30:], follows[:9]], removals=50)
    assert turned == structure(flagged, [follows], removals=50)


@pytest.mark.parametrize(
    ("gone", "pairs", "accounts", "why"),
    [
        (set(range(8)), [], 40, "no flagged account follows another"),
        (set(range(2)), [(0, 1)], 40, "2 of those active before are gone"),
        (set(range(8)), [(0, 1)], 12, "12 accounts were active"),
        (set(range(40)), [(0, 1)], 40, "no network"),
        (set(range(8)), [(3, 3)], 40, "no flagged account follows another"),
    ],
)
def test_what_carries_no_network_is_refused(
    gone: set[int], pairs: list[tuple[int, int]], accounts: int, why: str
) -> None:
    flagged, follows = tables(gone, pairs, accounts)
    found = structure(flagged, [follows], removals=10)
    assert all(why in str(figure.refused) for figure in found.figures)
