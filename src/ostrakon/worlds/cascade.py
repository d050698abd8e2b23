"""A world built on other assumptions than the benchmark's, so that nobody tunes on one generator.

Posts travel through a follower graph, only those who saw an account can report it, people quarrel and change, the
desk decides while the reports come in, and what it suspends is no longer seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np

from ostrakon.worlds.brigades import BrigadeSettings, Prey, Rings, brigade_acts, draw_rings
from ostrakon.worlds.build import (
    Acts,
    decisions_table,
    draw_ids,
    groups_table,
    join,
    reports_table,
    truth_table,
)
from ostrakon.worlds.crowd import (
    COUNTER_SPEAKER,
    KINDS,
    OUTSPOKEN,
    POLICIES,
    Cast,
    CrowdSettings,
    crowd_acts,
    draw_cast,
)
from ostrakon.worlds.desk import DeskSettings, review
from ostrakon.worlds.draws import Ints, streams
from ostrakon.worlds.graph import GraphSettings, draw_graph, spread
from ostrakon.worlds.registry import (
    accounts_table,
    groups,
    invitations,
    reporters_table,
    violations,
)
from ostrakon.worlds.world import World

Variant = Literal["quiet", "brigades", "evading", "opinionated", "drifting", "farmed"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)


@dataclass(frozen=True)
class CascadeSettings:
    """The knobs of a cascade world; ``brigades`` is nothing where there are no rings."""

    graph: GraphSettings = GraphSettings()
    crowd: CrowdSettings = CrowdSettings()
    brigades: BrigadeSettings | None = field(default_factory=BrigadeSettings)
    desk: DeskSettings = DeskSettings()


EVADING = BrigadeSettings(taking_part=0.33, jitter_days=0.6, slow_share=0.35, throwaway_days=0.4)

SETTINGS: dict[Variant, CascadeSettings] = {
    "quiet": CascadeSettings(brigades=None),
    "brigades": CascadeSettings(),
    "evading": CascadeSettings(brigades=EVADING),
    "opinionated": CascadeSettings(
        crowd=CrowdSettings(partisan_share=0.6, partisan_rate=4.0), brigades=BrigadeSettings(share=0.2)
    ),
    "drifting": CascadeSettings(crowd=CrowdSettings(drift=0.9), brigades=replace(EVADING, share=0.2)),
    "farmed": CascadeSettings(brigades=replace(EVADING, taking_part=0.45, slow_share=0.1, farm_days=30.0)),
}
"""The named variants: each makes one thing hard."""


def cascade(seed: int, variant: Variant) -> World:
    """The cascade world of a named variant."""
    return build(seed, SETTINGS[variant], f"cascade {variant}")


def build(seed: int, settings: CascadeSettings, name: str) -> World:
    """A cascade world with these settings."""
    graph_rng, cast_rng, crowd_rng, ring_rng, desk_rng, platform_rng, id_rng = streams(seed, 7)
    graph = draw_graph(settings.graph, graph_rng)
    seen = spread(graph, settings.graph, graph_rng)
    cast = draw_cast(settings.crowd, graph, cast_rng)
    crowd = crowd_acts(settings.crowd, cast, graph, seen, crowd_rng)
    rings, brigades, throwaway_ring = _attack(settings, cast, crowd, ring_rng)
    acts = join(crowd, brigades)
    rulings, alive = review(
        settings.desk, acts, violations(cast), len(POLICIES), settings.crowd.days, desk_rng
    )
    acts = Acts(acts.reporter[alive], acts.target[alive], acts.seconds[alive])
    members = 0 if rings is None else int((rings.member >= settings.graph.readers).sum())
    people = settings.graph.readers + members + len(throwaway_ring)
    group = groups(cast, rings, people)
    host = invitations(graph, rings, throwaway_ring, people, platform_rng)
    ids = draw_ids(settings.graph.authors, people, id_rng)
    return World(
        name=name,
        seed=seed,
        reports=reports_table(acts, ids, POLICIES),
        decisions=decisions_table(rulings, ids, POLICIES),
        accounts=accounts_table(graph, cast, seen, ids, platform_rng),
        reporters=reporters_table(acts, group, host, ids, platform_rng),
        truth=truth_table(ids, POLICIES, violations(cast), np.array(KINDS)[cast.kind]),
        reporter_truth=groups_table(acts, group, ids),
    )


def _attack(
    settings: CascadeSettings, cast: Cast, crowd: Acts, rng: np.random.Generator
) -> tuple[Rings | None, Acts, Ints]:
    """The rings, what they report, and the ring of each of their throw-aways."""
    nobody = np.empty(0, np.int64)
    if settings.brigades is None:
        return None, Acts(nobody, nobody, np.empty(0)), nobody
    rings = draw_rings(settings.brigades, settings.graph.readers, rng)
    claimed = np.arange(len(cast.kind)) * len(POLICIES) + cast.policy
    hated = (cast.kind == COUNTER_SPEAKER) | ((cast.kind == OUTSPOKEN) & (rng.random(len(cast.kind)) < 0.3))
    reported = np.bincount(crowd.target, minlength=len(claimed) * len(POLICIES)).astype(np.float64)
    violations_ = np.flatnonzero(violations(cast))
    prey = Prey(claimed[hated], violations_, reported[violations_] + 0.5)
    acts, throwaway_ring = brigade_acts(settings.brigades, rings, prey, len(crowd), settings.crowd.days, rng)
    return rings, acts, throwaway_ring
