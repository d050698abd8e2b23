"""Rules that say who acts together: the product's finder and what there is beside it, each from a log to a verdict.

All work on the same actions: the first report of each reporter on each account. Where a tool ships no decision, its
edges are read as one: whoever is at an end of a kept edge is named, and what hangs together is a group.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from rivals.co_reports import co_reporting
from rivals.coaction_tools import Actions, in_company
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ostrakon.analysis.campaigns import actions as logged
from ostrakon.analysis.campaigns.coaction import CoActions, co_actions, windows
from ostrakon.analysis.campaigns.find import find_campaigns
from ostrakon.analysis.log import Codes, ReportLog

OSTRAKON = "ostrakon"
LEAST_MEMBERS = 3
"""A pair is no group, by any rule but a tool's own edges."""


@dataclass(frozen=True)
class Verdict:
    """Groups of reporters, by their codes in the log; a reporter may be in several."""

    groups: tuple[Codes, ...]

    @property
    def named(self) -> Codes:
        """Whoever is in a group, each once."""
        return np.unique(np.concatenate([np.empty(0, np.int32), *self.groups]))


Rule = Callable[[ReportLog], Verdict]


def ostrakon(log: ReportLog) -> Verdict:
    """The product's finder."""
    return Verdict(tuple(campaign.members.reporter for campaign in find_campaigns(log).found))


def simple(log: ReportLog) -> Verdict:
    """The product's first rule: pairs who meet in at least 4 cells of three hours, and what hangs together."""
    group = co_reporting(log)
    return Verdict(tuple(np.unique(log.reporter[group == number]) for number in np.unique(group[group >= 0])))


def actions_of(log: ReportLog) -> Actions:
    """The same actions that the product looks at."""
    found = logged.actions(log)
    target = np.repeat(np.arange(len(found.start) - 1, dtype=np.int32), np.diff(found.start))
    return Actions(found.reporter, target, found.at)


def toolkit(log: ReportLog, window: int, least: int) -> Verdict:
    """coordination-network-toolkit: its edges of at least this weight, by our engine, which finds the same ones."""
    return Verdict(components(_near(actions_of(log), window, least), len(log.reporters), 2))


def coortweet(log: ReportLog, window: int, quantile: float, participation: int = 2) -> Verdict:
    """CooRTweet 2.1.3: edges heavier than this quantile of all weights.

    Accounts with fewer actions than ``participation`` are left out before; an edge counts if one end has so many
    actions in company. Where nobody acts twice on a target, the rest of its semantics is that of the engine
    (``coaction_tools.coortweet_edges`` has all of it).
    """
    actions = actions_of(log)
    enough = np.bincount(actions.actor)[actions.actor] >= participation
    actions = Actions(actions.actor[enough], actions.target[enough], actions.at[enough])
    edges = _near(actions, window, 1)
    near = windows(actions.actor, actions.target, actions.at, window=window)
    accompanied = np.bincount(actions.actor[in_company(actions.actor, near)], minlength=len(log.reporters))
    takes_part = accompanied >= participation
    edges = _chosen(edges, takes_part[edges.source] | takes_part[edges.other])
    if not len(edges.weight):
        return Verdict(())
    heavy = edges.weight > np.quantile(edges.weight, quantile)
    return Verdict(components(_chosen(edges, heavy), len(log.reporters), 2))


def synchrotrap(log: ReportLog, window: int, similarity: float, least: int = 2) -> Verdict:
    """Like SynchroTrap (Cao et al., CCS 2014): Jaccard similarity of actions matched within a window, then components.

    A pair needs ``least`` matched actions: two accounts with one action each, the same one, would be perfectly alike.
    """
    actions = actions_of(log)
    edges = _near(actions, window, least)
    count = np.bincount(actions.actor, minlength=len(log.reporters))
    either = count[edges.source] + count[edges.other] - edges.weight
    alike = _chosen(edges, edges.weight >= similarity * either)
    return Verdict(components(alike, len(log.reporters), LEAST_MEMBERS))


def components(edges: CoActions, reporters: int, least: int) -> tuple[Codes, ...]:
    """What hangs together by edges, if it has at least so many members."""
    links = coo_array(
        (np.ones(len(edges.source), np.int8), (edges.source, edges.other)), (reporters, reporters)
    )
    _, label = connected_components(links, directed=False)
    order = np.argsort(label, kind="stable").astype(np.int32)
    parts = np.split(order, np.cumsum(np.bincount(label))[:-1])
    return tuple(part for part in parts if len(part) >= least)


def _near(actions: Actions, window: int, least: int) -> CoActions:
    return co_actions(actions.actor, actions.target, actions.at, window=window, least=least)


def _chosen(edges: CoActions, kept: NDArray[np.bool_]) -> CoActions:
    return CoActions(edges.source[kept], edges.other[kept], edges.weight[kept])


TOOLKIT = ((60, 1), (60, 2), (3600, 2), (3600, 3), (3600, 4), (3600, 6))
"""Window in seconds and least weight: the usual ones, and one between."""
TOOLKIT_RULES: dict[str, Rule] = {
    f"toolkit W{window}, weight >= {least}": partial(toolkit, window=window, least=least)
    for window, least in TOOLKIT
}
RULES: dict[str, Rule] = {
    OSTRAKON: ostrakon,
    **TOOLKIT_RULES,
    **{
        f"CooRTweet W{window}, quantile {quantile}": partial(coortweet, window=window, quantile=quantile)
        for window in (10, 3600)
        for quantile in (0.5, 0.95)
    },
    **{
        f"SynchroTrap-like, Jaccard >= {least}": partial(synchrotrap, window=3600, similarity=least)
        for least in (0.2, 0.5)
    },
    "simple co-reporting": simple,
}
"""All that take part, by the name that the tables show."""
