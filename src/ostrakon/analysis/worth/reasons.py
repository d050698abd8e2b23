"""Plain sentences for and against, from what would change the number: each ground is set to the median in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from ostrakon.analysis.worth.features import LEARNED, PLAIN
from ostrakon.analysis.worth.rhythm import HOUR_S, crowds
from ostrakon.analysis.worth.scene import Testimony, voice_traits

if TYPE_CHECKING:
    from ostrakon.analysis.worth.explain import _Desk

GROUNDS: dict[str, tuple[str, ...]] = {
    "audience": (
        "voice_rate", "unmet_rate", "unstruck_rate", "established_rate",
        "precision_rate", "hearsay_rate", "audience",
    ),
    "record": ("evidence", "precision", "hearsay"),
    "rhythm": ("crowd_hour", "crowd_quarter", "crowd_day"),
    "company": ("independence", "mean_met", "mean_struck", "mean_peer_struck", "same_inviter", "declared"),
    "newcomers": ("mean_activity", "mean_newcomer", "mean_age", "mean_young"),
    "peers": ("mean_peer_rate",),
    "neighbours": ("kin", "kin_hearsay"),
    "policy": ("policy", "policy_share", "trusted"),
    "account": ("account_age",),
}  # fmt: skip
"""Features that are one reason to a person. ``guess`` belongs to none: it only repeats the plain ones."""
WORTH_SAYING = 0.02
"""A ground is named if the probability would differ by two percentage points without it."""


def reasons(desk: _Desk, case: int, heard: Testimony) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sentences for and against a violation, the weightiest first.

    The difference a ground makes is measured by the scorer itself: the case as it is against the same case with that
    ground at the median of all reported accounts.
    """
    features = desk.features(heard)
    names = PLAIN + LEARNED
    altered = np.repeat(features, len(GROUNDS), axis=0)
    for row, members in enumerate(GROUNDS.values()):
        altered[row, [names.index(name) for name in members]] = 0.0
    made = float(expit(desk.odds(features))[0]) - expit(desk.odds(altered))
    facts = _facts(desk, case, heard)
    ranked = sorted(zip(made.tolist(), GROUNDS, strict=True), key=lambda item: -abs(item[0]))
    worth = [(difference, ground) for difference, ground in ranked if abs(difference) >= WORTH_SAYING]
    return (
        tuple(_sentence(ground, facts, True) for difference, ground in worth if difference > 0),
        tuple(_sentence(ground, facts, False) for difference, ground in worth if difference < 0),
    )


def _facts(desk: _Desk, case: int, heard: Testimony) -> dict[str, float]:
    """What the sentences need to know of a case."""
    scene = desk.valuation.scene
    record = desk.knowledge.record
    reporter = scene.log.reporter[heard.voice]
    traits = voice_traits(scene, heard)
    return {
        "reporters": len(heard.voice),
        "voices": float(scene.weight[heard.voice].sum()),
        "exposure": float(scene.background.exposure[case]),
        "decided": float(record.decided[reporter].sum()),
        "upheld": float(record.upheld[reporter].sum()),
        "hour": float(crowds(heard.start, scene.log.at[heard.voice], HOUR_S)[0]),
        "struck": float(traits["struck"].sum()),
        "newcomers": float(traits["newcomer"].sum()),
        "kin": float(desk.kin[case][0]),
    }


def _sentence(ground: str, facts: dict[str, float], for_: bool) -> str:
    """One reason in plain words; ``for_`` says which way it moved the number."""
    reporters = int(facts["reporters"])
    people = "1 person" if reporters == 1 else f"{reporters:,} people"
    match ground:
        case "audience":
            seen = "" if np.isnan(facts["exposure"]) else f" among {facts['exposure']:,.0f} who saw the account"
            return f"{people} (about {_about(facts['voices'])}) reported it{seen}: {'many' if for_ else 'few'} for that audience."
        case "record":
            if facts["decided"] == 0:
                return "None of its reporters has a record yet; by their other reports they are " + (
                    "more often right than most." if for_ else "less often right than most."
                )
            share = f"{facts['upheld']:.0f} of {facts['decided']:.0f}"
            return f"Its reporters' earlier reports: {share} decided ones were upheld, {'better' if for_ else 'worse'} than usual."
        case "rhythm":
            return f"{facts['hour']:.0f} of {reporters:,} reports came within one hour: " + (
                "a rhythm more common with violations here." if for_ else "a crowd that arrives together is weaker evidence."
            )
        case "company":
            return f"{facts['struck']:.0f} of {reporters:,} reporters also meet on the same other accounts, " + (
                "which here goes with being right." if for_ else "so they are not independent of each other."
            )
        case "newcomers":
            return f"{facts['newcomers']:.0f} of {reporters:,} reporters are new or have hardly reported before, " + (
                "fewer than usual." if for_ else "so little is known of them."
            )
        case "peers":
            return f"What else its reporters report is reported by {'many others too' if for_ else 'few others'}."
        case "neighbours":
            return f"Accounts reported by the same people were violations in {facts['kin']:.0%} of the decided cases."
        case "policy":
            return f"Reports under this policy are {'more' if for_ else 'less'} often upheld, or more of this account's reports name {'it' if for_ else 'another'}."
        case _:
            return f"The age of the account is one more often seen with {'violations' if for_ else 'accounts that break no rule'}."


def _about(voices: float) -> str:
    whole = max(1, round(voices))
    return f"{whole:,} independent voice{'' if whole == 1 else 's'}"
