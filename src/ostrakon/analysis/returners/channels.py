"""Independent channels: how many ways of seeing agree. One is never enough, and time is none.

Handle, display name and bio are what somebody says of himself: one family, however many of them agree. A picture that
many carry is no channel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.log import Codes
from ostrakon.analysis.returners.bits import COLUMN
from ostrakon.analysis.returners.names import Singles

PRESENTATION, NEIGHBOURS, AVATAR = 1, 2, 4
NAMES = {PRESENTATION: ("handle", "display name", "bio"), NEIGHBOURS: ("neighbours",), AVATAR: ("avatar",)}
ALIKE = 0.85
"""Jaro-Winkler from which two names are alike (measured on Wikipedia's pairs: docs/validation.md)."""
WORDS_TOGETHER = 12.0
"""Nats of rare words in common from which two bios are alike."""
LEAST_SHARED = 2
"""Rare neighbours in common, at least: one is chance."""
LEAST_NEAR = 0.4
"""Sum of their squared rarities, beside that of one neighbour whom nobody else has."""
PICTURE_BITS = 8
MOST_CARRIERS = 5
"""A picture that more suspended accounts carry is a template."""


def families(seen: Singles) -> Codes:
    """(P,) which families agree, as a sum of ``PRESENTATION``, ``NEIGHBOURS`` and ``AVATAR``."""

    def column(name: str) -> Singles:
        return np.nan_to_num(seen[:, COLUMN[name]], nan=-1.0)

    presents = (column("handle") >= ALIKE) | (column("display") >= ALIKE) | (column("crossed") >= ALIKE)
    presents |= column("words") >= WORDS_TOGETHER
    presents &= column("imitates") <= 0
    near = (column("shared") >= LEAST_SHARED) & (column("near") >= LEAST_NEAR)
    apart = column("avatar")
    looks = (apart >= 0) & (apart <= PICTURE_BITS) & (column("avatar_carriers") <= np.log(MOST_CARRIERS))
    found: Codes = (PRESENTATION * presents + NEIGHBOURS * near + AVATAR * looks).astype(np.int32)
    return found


def passes(seen: Singles) -> NDArray[np.bool_]:
    """(P,) whether two independent families agree."""
    found = families(seen)
    enough: NDArray[np.bool_] = ((found & 1) + (found >> 1 & 1) + (found >> 2 & 1)) >= 2
    return enough


def may_be_shown(seen: Singles) -> NDArray[np.bool_]:
    """(P,) two independent families, and the new account does not fight the suspended one."""
    enough: NDArray[np.bool_] = passes(seen) & (seen[:, COLUMN["fights"]] <= 0)
    return enough


def is_doubtful(seen: Singles) -> NDArray[np.bool_]:
    """(P,) whether the new account speaks *about* the suspended one, or may do so.

    Tributes, parodies and critics are about suspended accounts: behind accounts that never were suspended one does not
    find as many. So nothing is learned from such a pair, and how often such a link is false cannot be told.
    """
    found: NDArray[np.bool_] = (seen[:, COLUMN["speaks_about"]] > 0) | (seen[:, COLUMN["adds_a_word"]] > 0)
    return found


def channel_names(seen: Singles) -> list[str]:
    """The channels of each pair that agree, joined by ``;``."""

    def column(name: str) -> Singles:
        return np.nan_to_num(seen[:, COLUMN[name]], nan=-1.0)

    found = families(seen)
    agree = {
        "handle": (column("handle") >= ALIKE) | (column("crossed") >= ALIKE),
        "display name": column("display") >= ALIKE,
        "bio": column("words") >= WORDS_TOGETHER,
        "neighbours": (found & NEIGHBOURS) > 0,
        "avatar": (found & AVATAR) > 0,
    }
    return [";".join(name for name, does in agree.items() if does[pair]) for pair in range(len(seen))]
