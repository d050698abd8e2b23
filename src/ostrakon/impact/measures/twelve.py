"""The twelve measures, in the order of the page: what each asks, what it needs, and who measures it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ostrakon.analysis.displacement import displacement
from ostrakon.analysis.effect import effect
from ostrakon.analysis.figures import Figure, Measured, refused
from ostrakon.analysis.reach import reach
from ostrakon.analysis.survival import survival
from ostrakon.analysis.wrongful import wrongful
from ostrakon.errors import CannotEstimate
from ostrakon.impact.history.kinds import HOME
from ostrakon.impact.inputs import Tables
from ostrakon.impact.measures.collateral import collateral
from ostrakon.impact.measures.known import known
from ostrakon.impact.measures.missing import missing
from ostrakon.impact.measures.network import network
from ostrakon.impact.measures.population import population
from ostrakon.impact.measures.regained import audience_regained


class Question(StrEnum):
    """What people ask."""

    HOW_MANY = "how_many"
    HOW_LONG = "how_long"
    COMING_BACK = "coming_back"
    WHO_HEARS = "who_hears"
    DID_IT_CHANGE = "did_it_change"
    COST = "cost"


@dataclass(frozen=True)
class Work:
    """One run of the science on the tables of a group; several measures may be read from it."""

    needs: Sequence[str]
    """Kinds of tables of which each must have a row."""
    run: Callable[[Tables, int], Measured]
    """Of the tables and a seed."""
    uses: Sequence[str] = ()
    """Further kinds, which may be empty."""


@dataclass(frozen=True)
class Measure:
    """One of the twelve."""

    number: int
    name: str
    question: Question
    work: str
    figures: Sequence[tuple[str, str]]
    """Name and unit of each, the headline first; the unit is for where it is not shown."""
    tables: Sequence[str] = ()


def _survival(tables: Tables, seed: int) -> Measured:
    links = tables["links"]
    return survival(tables["spells"], links if links.height else None, seed=seed)


WORKS: Mapping[str, Work] = {
    "known": Work(("flagged",), lambda tables, seed: known(tables)),
    "population": Work(("lists",), lambda tables, seed: population(tables, seed), ("links",)),
    "survival": Work(("spells",), _survival, ("links",)),
    "regained": Work(("audience", "links"), audience_regained, ("spells",)),
    "reach": Work(("flagged", "follows"), lambda tables, seed: reach(tables["flagged"], [tables["follows"]])),
    "effect": Work(("panel",), lambda tables, seed: effect(tables["panel"], seed=seed)),
    "network": Work(("flagged", "follows"), network),
    "displacement": Work(
        ("outlinks",), lambda tables, seed: displacement(tables["outlinks"], HOME, seed=seed)
    ),
    "wrongful": Work(("suspensions",), lambda tables, seed: wrongful(tables["suspensions"])),
    "collateral": Work(("suspensions",), lambda tables, seed: collateral(tables)),
}
ACCOUNTS, DAYS, SHARE = "accounts", "days", "share"
TWELVE: Sequence[Measure] = (
    Measure(1, "known_active", Question.HOW_MANY, "known",
            [("known_active", ACCOUNTS), ("ever_known", ACCOUNTS)], ["active_by_day"]),
    Measure(2, "estimated_active", Question.HOW_MANY, "population",
            [("population", ACCOUNTS), ("observed", ACCOUNTS)], ["models", "drop_one_list", "overlaps", "audit"]),
    Measure(3, "survival", Question.HOW_LONG, "survival",
            [("median", DAYS)], ["curve", "rmst", "at_risk", "incidence"]),
    Measure(4, "returns", Question.COMING_BACK, "survival",
            [("returns_per_suspension", "returns for each suspension"), ("returned_within_30_days", SHARE)]),
    Measure(5, "regained", Question.COMING_BACK, "regained",
            [("regained_at_7_days", SHARE), ("regained_at_30_days", SHARE)], ["by_account"]),
    Measure(6, "reach", Question.WHO_HEARS, "reach",
            [("reach_before", "followers"), ("reach_after", "followers"), ("sole_audience", "followers"),
             ("exposures", "follows")], ["by_day"]),
    Measure(7, "effect", Question.DID_IT_CHANGE, "effect",
            [("effect", "fraction of what would have been"), ("net_effect", "fraction of the treated units' volume")],
            ["models", "placebos", "checks"]),
    Measure(8, "structure", Question.WHO_HEARS, "network",
            [("density", "share of possible follows"), ("reciprocity", "share of follows"),
             ("giant_component", "share of accounts"), ("core", "follows")], ["structure"]),
    Measure(9, "wrongful", Question.COST, "wrongful",
            [("wrongful_rate", "share of suspensions"), ("overturned_of_appealed", "share of answered appeals"),
             ("suspensions", "suspensions")], ["strata"]),
    Measure(10, "waits", Question.COST, "wrongful",
            [("time_to_notice", DAYS), ("time_to_answer", DAYS), ("time_to_reinstate", DAYS)], ["waits"]),
    Measure(11, "displacement", Question.DID_IT_CHANGE, "displacement",
            [("displacement", "points of the share of links that lead elsewhere")], ["shares"]),
    Measure(12, "collateral", Question.COST, "collateral",
            [("suspended", ACCOUNTS), ("let_back_in", ACCOUNTS), ("days_lost", "account days")]),
)  # fmt: skip


def measured(work: Work, tables: Tables, seed: int, figures: Sequence[tuple[str, str]]) -> Measured:
    """The work done, or its figures refused with what is missing.

    Args:
        figures: name and unit of those that are refused.
    """
    for kind in work.needs:
        if tables[kind].is_empty():
            return _refused(figures, missing(kind))
    try:
        return work.run(tables, seed)
    except CannotEstimate as problem:
        return _refused(figures, str(problem))


def _refused(figures: Sequence[tuple[str, str]], why: str) -> Measured:
    found: tuple[Figure, ...] = tuple(refused(name, unit, "none", why) for name, unit in figures)
    return Measured(found, {})
