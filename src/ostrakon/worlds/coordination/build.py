"""A coordination world, from the settings of its family to its tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from ostrakon.analysis.tables import UNSPECIFIED
from ostrakon.worlds.build import (
    Acts,
    Ids,
    Texts,
    decisions_table,
    draw_ids,
    gather,
    groups_table,
    join,
    reports_table,
    texts,
    truth_table,
)
from ostrakon.worlds.clock import DAY, times
from ostrakon.worlds.coordination.families import SETTINGS, Family
from ostrakon.worlds.coordination.honest import everyday_acts, list_acts, spontaneous_acts
from ostrakon.worlds.coordination.people import END
from ostrakon.worlds.coordination.registry import registry, reporters_table
from ostrakon.worlds.coordination.rings import draw_attacks, framed_acts, led_acts
from ostrakon.worlds.coordination.scene import Scene, draw_scene
from ostrakon.worlds.coordination.texts import text_column
from ostrakon.worlds.draws import Ints, streams, weighted
from ostrakon.worlds.moderation import Bools, Rulings
from ostrakon.worlds.world import World

FEWEST = 30_000
"""With fewer actions there are too few people for the largest viral targets and communities."""
VIOLATORS = 0.3
"""Share of the targets that break the rules."""


@dataclass(frozen=True)
class Told:
    """All reports of a world in the order of time, and by whose plan they came."""

    acts: Acts
    plan: Ints
    """(reports,) 0 = nobody's, k = ring k's, -k = list k's."""


def coordination(family: str, seed: int, *, actions: int = 100_000) -> World:
    """A world of one of ``FAMILIES``.

    Args:
        family: what is planted, or what honest people do that looks as if it were.
        seed: the same seed gives the same world, and the same everyday life in all families but `daily` and
            `everything`, where people keep other hours.
        actions: everyday reports; there are an eighth as many actors and a fifth as many targets. What is planted
            does not grow with it.
    Returns:
        ``reporter_truth.group`` is ``ring-k`` for those who reported for ring k, ``list-k`` for the volunteers of
        list k, ``honest`` for all others. The victims of rings have the kind ``victim``.
    Raises:
        ValueError: with fewer than 30,000 actions.
    """
    if actions < FEWEST:
        raise ValueError(f"{actions:,} actions are too few: the crowds of these worlds need {FEWEST:,}")
    settings = SETTINGS[family]
    scene_rng, acts_rng, id_rng, truth_rng, desk_rng, column_rng = streams(seed, 6)
    scene = draw_scene(settings, actions, scene_rng)
    told = draw_reports(settings, scene, actions, acts_rng)
    ids = draw_ids(len(scene.targets.event), len(scene.member_of), id_rng)
    kind = draw_kinds(scene, told, truth_rng)
    rulings = decide(settings, scene, told, kind == "violator", desk_rng)
    known = registry(settings.rings, told.acts, scene.member_of, ids, column_rng) if settings.registry else []
    return World(
        name=f"coordination {family}",
        seed=seed,
        reports=reports_table(told.acts, ids).with_columns(report_columns(settings, told, column_rng)),
        decisions=decisions_table(rulings, ids),
        accounts=accounts_table(ids, truth_rng),
        reporters=reporters_table(told.acts, ids, *known),
        truth=truth_table(ids, (UNSPECIFIED,), kind == "violator", kind),
        reporter_truth=groups_table(told.acts, groups(told, len(scene.member_of)), ids),
    )


def draw_reports(settings: Family, scene: Scene, actions: int, rng: np.random.Generator) -> Told:
    """Everyday life, what comes together by itself, what lists call for, and what rings do."""
    base_rng, crowd_rng, list_rng, ring_rng = rng.spawn(4)
    base = everyday_acts(weighted(scene.activity, actions, base_rng), scene, base_rng)
    attacks = draw_attacks(settings.rings, scene, ring_rng)
    spontaneous = spontaneous_acts(settings, scene, crowd_rng)
    framed = framed_acts(settings.rings, attacks, scene, ring_rng)
    attacking, camouflage = led_acts(settings.rings, attacks, scene, ring_rng)
    listed = [
        list_acts(listing, target, scene, list_rng)
        for listing, target in zip(settings.lists, scene.roles.lists, strict=True)
    ]
    honest = [base, *spontaneous, framed, camouflage]
    plan = [np.zeros(sum(map(len, honest)), np.int64)]
    plan += [np.full(len(acts), -number) for number, acts in enumerate(listed, 1)]
    return _in_order([*honest, *listed, attacking], [*plan, scene.member_of[attacking.reporter]])


def draw_kinds(scene: Scene, told: Told, rng: np.random.Generator) -> Texts:
    """What each target is: chance decides, but lists name real violators and rings attack those who are none."""
    kind = np.where(rng.random(len(scene.targets.event)) < VIOLATORS, "violator", "ordinary")
    kind[told.acts.target[told.plan < 0]] = "violator"
    kind[told.acts.target[told.plan > 0]] = "victim"
    return kind


def decide(settings: Family, scene: Scene, told: Told, violates: Bools, rng: np.random.Generator) -> Rulings:
    """Where there is a list, reviews of part of it and of some other targets in the week after the period."""
    listed = [
        target[: listing.upheld] for listing, target in zip(settings.lists, scene.roles.lists, strict=True)
    ]
    queue = np.concatenate([np.empty(0, np.int64), *listed])
    unlisted = np.unique(told.acts.target[told.plan == 0])
    audit = rng.choice(
        np.setdiff1d(unlisted, queue), sum(listing.audited for listing in settings.lists), replace=False
    )
    target = rng.permutation(np.concatenate([queue, audit]))
    seconds = END + np.sort(rng.uniform(0, 7 * DAY, len(target)))
    outcome = np.where(violates[target], "upheld", "rejected")
    return Rulings(target, outcome, seconds, ~np.isin(target, queue))


def report_columns(settings: Family, told: Told, rng: np.random.Generator) -> list[pl.Series]:
    """The optional columns of the reports that the platform of this family keeps."""
    columns = []
    if settings.lists:
        names = np.array([f"list:L{number}" for number in range(1, len(settings.lists) + 1)])
        listed = gather("source", names, np.maximum(-told.plan - 1, 0))
        columns.append(listed.set(pl.Series(told.plan >= 0), None))
    if settings.texts:
        columns.append(text_column(np.maximum(told.plan, 0), rng))
    return columns


def accounts_table(ids: Ids, rng: np.random.Generator) -> pl.DataFrame:
    """All accounts. Their age says nothing about what they do."""
    created = -rng.lognormal(6.0, 1.0, len(ids.account)) * DAY
    return pl.DataFrame([texts("account", ids.account), times("created_at", created)]).sort("account")


def groups(told: Told, people: int) -> Texts:
    """What each person is. A member of a ring who never took part is nobody."""
    group = np.full(people, "honest", dtype="<U12")
    for sign, name in ((1, "ring-"), (-1, "list-")):
        planned = sign * told.plan > 0
        group[told.acts.reporter[planned]] = np.char.add(name, np.abs(told.plan[planned]).astype(str))
    return group


def _in_order(parts: list[Acts], plan: list[Ints]) -> Told:
    """The parts in the order of time, with the plan of each report."""
    order = np.argsort(np.concatenate([part.seconds for part in parts]), kind="stable")
    return Told(join(*parts), np.concatenate(plan)[order])
