"""Plain sentences for and against, from what would change the number: each ground is set to the median in turn."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.worth.features import LEARNED, PLAIN, Knowledge
from ostrakon.analysis.worth.rhythm import HOUR_S, crowds
from ostrakon.analysis.worth.scene import Scene, testimony, voice_traits

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

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


def without_each_ground(features: Singles) -> Singles:
    """(len(GROUNDS), F) the scaled features (F,) of a case, in each row one ground set to the median of all cases."""
    names = PLAIN + LEARNED
    altered = np.repeat(features[None, :], len(GROUNDS), axis=0)
    for row, members in enumerate(GROUNDS.values()):
        altered[row, [names.index(name) for name in members]] = 0.0
    return altered


def reasons(made: Floats, known: Mapping[str, float]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sentences for and against a violation, the weightiest first.

    ``made`` (len(GROUNDS),) is the probability less what it would be without each ground, by the scorer itself;
    ``known`` are the facts of the case.
    """
    ranked = sorted(zip(made.tolist(), GROUNDS, strict=True), key=lambda item: -abs(item[0]))
    worth = [(difference, ground) for difference, ground in ranked if abs(difference) >= WORTH_SAYING]
    return (
        tuple(_sentence(ground, known, True) for difference, ground in worth if difference > 0),
        tuple(_sentence(ground, known, False) for difference, ground in worth if difference < 0),
    )


def facts(
    scene: Scene, knowledge: Knowledge, case: int, voice: NDArray[np.int64], kin: Singles
) -> dict[str, float]:
    """What the sentences need to know of a case."""
    reporter = scene.log.reporter[voice]
    heard = testimony(scene.log, np.array([case], np.int64))
    traits = voice_traits(scene, heard)
    return {
        "reporters": len(voice),
        "voices": float(scene.weight[voice].sum()),
        "exposure": float(scene.background.exposure[case]),
        "decided": float(knowledge.record.decided[reporter].sum()),
        "upheld": float(knowledge.record.upheld[reporter].sum()),
        "hour": float(crowds(heard.start, scene.log.at[voice], HOUR_S)[0]),
        "struck": float(traits["struck"].sum()),
        "newcomers": float(traits["newcomer"].sum()),
        "kin": float(kin[0]),
    }


def _sentence(ground: str, known: Mapping[str, float], for_: bool) -> str:
    """One reason in plain words; ``for_`` says which way it moved the number."""
    reporters = int(known["reporters"])
    match ground:
        case "audience":
            people = "1 person" if reporters == 1 else f"{reporters:,} people"
            seen = (
                "" if np.isnan(known["exposure"]) else f" among {known['exposure']:,.0f} who saw the account"
            )
            return (
                f"{people} (about {_about(known['voices'])}) reported it{seen}: "
                f"{'many' if for_ else 'few'} for that audience."
            )
        case "record" if known["decided"] == 0:
            often = "more" if for_ else "less"
            return f"None of its reporters has a record; by their other reports they are {often} often right than most."
        case "record":
            share = f"{known['upheld']:.0f} of {known['decided']:.0f}"
            usual = "better" if for_ else "worse"
            return f"Of its reporters' earlier reports that were decided, {share} were upheld: {usual} than usual."
        case "rhythm" if known["hour"] <= 1:
            return f"Its reports came one by one, {'as' if for_ else 'unlike'} those on violations here mostly do."
        case "rhythm":
            meaning = (
                "as is common with violations here"
                if for_
                else "a crowd that arrives together is weaker evidence"
            )
            return f"{known['hour']:,.0f} of {reporters:,} reports came within one hour: {meaning}."
        case "company" if known["struck"] == 0:
            return (
                "None of its reporters stands out by meeting the others elsewhere too: they look independent."
            )
        case "company":
            meaning = (
                "which here goes with being right" if for_ else "so they are not independent of each other"
            )
            return f"{known['struck']:,.0f} of {reporters:,} reporters also meet on the same other accounts, {meaning}."
        case "newcomers":
            meaning = "fewer than usual" if for_ else "so little is known of them"
            return f"{known['newcomers']:,.0f} of {reporters:,} reporters have hardly reported before, {meaning}."
        case "peers":
            return f"What else its reporters report is reported by {'many others too' if for_ else 'few others'}."
        case "neighbours":
            return f"Of decided accounts that the same people reported, {known['kin']:.0%} were violations."
        case "policy":
            often, name = ("more", "it") if for_ else ("less", "another")
            return f"Reports under this policy are {often} often upheld, or more of this account's reports name {name}."
        case _:
            whom = "violations" if for_ else "accounts that break no rule"
            return f"The age of the account is one more often seen with {whom}."


def _about(voices: float) -> str:
    whole = max(1, round(voices))
    return f"{whole:,} independent voice{'' if whole == 1 else 's'}"
