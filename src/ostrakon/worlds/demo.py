"""The demonstration: a week on a small platform in three languages, with everything that makes triage hard."""

from __future__ import annotations

import numpy as np
import polars as pl

from ostrakon.worlds.build import (
    Acts,
    Ids,
    Texts,
    decisions_table,
    first_report,
    groups_table,
    join,
    reports_table,
    texts,
    truth_table,
)
from ostrakon.worlds.clock import DAY, times
from ostrakon.worlds.desk import DeskSettings, review
from ostrakon.worlds.draws import Ints, pareto, streams, weighted
from ostrakon.worlds.handles import LANGUAGES, handles
from ostrakon.worlds.moderation import Bools, Rulings, Team
from ostrakon.worlds.scenes import (
    CROWD,
    EXTREMISM,
    GROUP,
    GROUPS,
    KINDS,
    LIST_SOURCE,
    VIOLATOR,
    WEEK,
    Stage,
    crowd,
    draw_stage,
    innocent_sensation,
    members,
    partisans,
    retaliation,
    victims,
    viral,
    volunteers,
)
from ostrakon.worlds.wording import POLICIES, text_column
from ostrakon.worlds.world import World

ACCOUNTS = 720
CROWD_REPORTS = 5_200
DESK = DeskSettings(
    team=Team(queue_share=0.13, audit_share=0.05, error=0.06, right_appeals_won=0.0, appeal_days=(1.0, 9.0)),
    every_days=1.0,
)
REVIEWERS = np.array(["reviewer-1", "reviewer-2", "reviewer-3", "reviewer-4"])
PLATFORM = "agora.example"


def demo(seed: int = 7) -> World:
    """The demonstration week."""
    stage_rng, crowd_rng, scene_rng, desk_rng, people_rng, word_rng = streams(seed, 6)
    stage = draw_stage(ACCOUNTS, stage_rng)
    scenes = [partisans(stage, scene_rng), volunteers(stage, scene_rng), viral(stage, scene_rng)]
    acts = join(crowd(stage, CROWD_REPORTS, crowd_rng), *scenes, retaliation(stage, scene_rng))
    acts, rulings = _decide(stage, acts, desk_rng)
    languages = [weighted(np.array([0.4, 0.3, 0.3]), count, people_rng) for count in (ACCOUNTS, len(GROUP))]
    names = handles(np.concatenate(languages), people_rng)
    ids = Ids(names[:ACCOUNTS], names[ACCOUNTS:])
    group = _groups(stage)
    return World(
        name="demo",
        seed=seed,
        reports=_reports(acts, ids, languages[1], word_rng),
        decisions=_decisions(rulings, ids, desk_rng),
        accounts=_accounts(stage, languages[0], ids, people_rng),
        reporters=_reporters(acts, group, ids, people_rng),
        truth=truth_table(ids, POLICIES, _violations(stage), np.array(KINDS)[stage.kind]),
        reporter_truth=groups_table(acts, group, ids),
    )


def _violations(stage: Stage) -> Bools:
    violates = np.zeros(len(stage.kind) * len(POLICIES), dtype=np.bool_)
    violates[stage.target(stage.of(VIOLATOR))] = True
    return violates


def _decide(stage: Stage, acts: Acts, rng: np.random.Generator) -> tuple[Acts, Rulings]:
    """The desk's week. Sunday's victims are still to be decided; one of Tuesday's is suspended and reinstated."""
    main, wronged, _ = victims(stage).tolist()
    account = acts.target // len(POLICIES)
    apart = np.isin(account, [main, wronged, innocent_sensation(stage)])
    rest = Acts(acts.reporter[~apart], acts.target[~apart], acts.seconds[~apart])
    made, alive = review(DESK, rest, _violations(stage), len(POLICIES), WEEK - 1, rng)
    suspended = np.array([2.4, 4.6]) * DAY
    kept = (account != wronged) | (acts.seconds < suspended[0]) | (acts.seconds > suspended[1])
    kept[~apart] = alive
    target = np.append(made.target, [wronged * len(POLICIES) + EXTREMISM] * 2)
    outcome = np.append(made.outcome, ["upheld", "overturned"])
    seconds, audit = np.append(made.seconds, suspended), np.append(made.audit, [False, False])
    order = np.argsort(seconds, kind="stable")
    rulings = Rulings(target[order], outcome[order], seconds[order], audit[order])
    return Acts(acts.reporter[kept], acts.target[kept], acts.seconds[kept]), rulings


def _groups(stage: Stage) -> Texts:
    group = np.array(GROUPS)[GROUP]
    group[:CROWD] = np.where(stage.quality >= 0.5, "honest", "sloppy")
    return group


def _reports(acts: Acts, ids: Ids, language: Ints, rng: np.random.Generator) -> pl.DataFrame:
    table = reports_table(acts, ids, POLICIES)
    group = GROUP[acts.reporter]
    pasted = np.isin(group, [GROUPS.index("ring-1"), GROUPS.index("throwaway")]) & (
        rng.random(len(acts)) < 0.8
    )
    listed = group == GROUPS.index("volunteer")
    source = np.where(listed, LIST_SOURCE, np.where(rng.random(len(acts)) < 0.6, "app", "web"))
    return table.with_columns(
        text_column(acts.target % len(POLICIES), language[acts.reporter], pasted, listed, rng),
        texts("source", source),
        pl.lit(PLATFORM).alias("platform"),
    )


def _decisions(rulings: Rulings, ids: Ids, rng: np.random.Generator) -> pl.DataFrame:
    table = decisions_table(rulings, ids, POLICIES)
    return table.with_columns(texts("reviewer", rng.choice(REVIEWERS, len(table))))


def _accounts(stage: Stage, language: Ints, ids: Ids, rng: np.random.Generator) -> pl.DataFrame:
    """All accounts: what they do has nothing to do with their language."""
    followers = np.floor(120 * stage.reach * rng.lognormal(0.0, 0.5, ACCOUNTS))
    views = rng.poisson(900 * stage.reach).astype(np.float64)
    columns = [
        texts("account", ids.account),
        times("created_at", -rng.lognormal(6.0, 1.0, ACCOUNTS) * DAY),
        pl.Series("followers", followers),
        pl.Series("views", views),
        texts("language", np.array(LANGUAGES)[language]),
    ]
    return pl.DataFrame(columns).sort("account")


def _reporters(acts: Acts, group: Texts, ids: Ids, rng: np.random.Generator) -> pl.DataFrame:
    """Those who reported; the throw-aways are hours old, and six in ten came by invitation of two ring members."""
    first = first_report(acts, len(group))
    age = rng.lognormal(6.0, 1.0, len(group)) * DAY
    fresh = group == "throwaway"
    age[fresh] = rng.exponential(0.4, int(fresh.sum())) * DAY
    host = np.full(len(group), -1, np.int64)
    guest = (GROUPS.index("ring-1") > GROUP) & (rng.random(len(group)) < 0.35)
    host[guest] = weighted(pareto(1.2, CROWD, rng), int(guest.sum()), rng)
    hired = fresh & (rng.random(len(group)) < 0.6)
    host[hired] = rng.choice(members("ring-1")[:2], int(hired.sum()))
    seen = np.flatnonzero(np.isfinite(first))
    alone = pl.Series((host[seen] < 0) | (host[seen] == seen))
    columns = [
        texts("reporter", ids.reporter[seen]),
        times("created_at", first[seen] - age[seen]),
        texts("invited_by", ids.reporter[host[seen]]).set(alone, None),
    ]
    return pl.DataFrame(columns).sort("reporter")
