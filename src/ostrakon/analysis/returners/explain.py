"""Why two accounts are linked, and what speaks against it: for the person who decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.returners.bits import COLUMN, COMPARISONS
from ostrakon.analysis.returners.candidates import SEEN, Pairs
from ostrakon.analysis.returners.features import features
from ostrakon.analysis.returners.lookups import Lookups
from ostrakon.analysis.returners.names import Singles
from ostrakon.analysis.returners.neighbourhoods import FOLLOWED, FOLLOWER
from ostrakon.analysis.returners.profiles import Profiles
from ostrakon.analysis.returners.results import Alternative, Explanation, Neighbour, Sign
from ostrakon.analysis.returners.scoring import Scores
from ostrakon.analysis.returners.search import Search

SHOWN_NEIGHBOURS = 25
COLUMNS = {"handle": "handle", "display name": "display_name", "bio": "bio", "avatar": "avatar_hash"}
LEAST_BITS = 0.05
"""What says less than this says nothing."""
AGAINST_BITS = {
    "fights": -8.0,
    "imitates": -4.0,
    "speaks_about": -11.5,
    "adds_a_word": -5.8,
    "bio_hints": -1.0,
    "knew": -1.0,
}
"""What speaks against whatever else agrees, in bits; assumed, not learned."""
WORDS = {
    "fights": "one of the two replies to, reverts, reports or blocks the other",
    "imitates": "bears the name of somebody who fights the suspended account",
    "speaks_about": "speaks about the suspended account, as fans, parodies and the press do",
    "adds_a_word": "puts a word to the whole name of the suspended account, as fans and parodies do",
    "bio_hints": "has a word in the bio that fans, critics or the press use",
    "knew": "followed the suspended account while it was there",
}


def explainer(of: Search, by: Scores, base_rate: float | None) -> Callable[[str, str], Explanation]:
    """A function that explains the links of this search."""
    return partial(_explain, of, Lookups(of), by, base_rate)


def _explain(
    of: Search, places: Lookups, by: Scores, base_rate: float | None, account: str, suspended: str
) -> Explanation:
    new, old = places.new_row(account), places.old_row(suspended)
    pairs = places.pairs_of(new)
    seen = _seen(of, pairs, new, old)
    neighbours = shared_neighbours(of, places, account, suspended)
    signs = _signs(of, by, new, old, seen, neighbours) + _objections(of, new, old, seen)
    return Explanation(
        account,
        suspended,
        tuple(sorted((sign for sign in signs if sign.bits >= LEAST_BITS), key=lambda sign: -sign.bits)),
        tuple(sorted((sign for sign in signs if sign.bits <= -LEAST_BITS), key=lambda sign: sign.bits)),
        tuple(neighbours[:SHOWN_NEIGHBOURS]),
        _nearest(of, by, pairs, old),
        base_rate,
    )


def _seen(of: Search, pairs: NDArray[np.int64], new: int, old: int) -> Singles:
    """(1, features) of one pair, whether it was looked at or not."""
    place = pairs[of.pairs.row[pairs] == old]
    if len(place):
        looked: Singles = of.seen[place]
        return looked
    one = Pairs(
        np.array([new], np.int32),
        np.array([old], np.int32),
        np.zeros(1, np.float32),
        np.zeros((1, len(SEEN)), np.float32),
    )
    return features(one, of.sides)


def _signs(
    of: Search, by: Scores, new: int, old: int, seen: Singles, neighbours: list[Neighbour]
) -> list[Sign]:
    """What each channel shows, with its bits; a channel of which nothing is known is left out."""
    signs = []
    for channel in COMPARISONS:
        bits = float(by.weights.bits(channel, seen)[0])
        mine, theirs = _shown(of, channel, new, old, neighbours)
        if not np.isnan(seen[0, COLUMN[COMPARISONS[channel].feature]]):
            carried = _popularity(of, channel, old, seen) if bits > 0 else None
            signs.append(Sign(channel, mine, theirs, round(bits, 2), carried))
    return signs


def _shown(of: Search, channel: str, new: int, old: int, neighbours: list[Neighbour]) -> tuple[str, str]:
    """Both sides as they are."""
    if channel == "neighbours":
        shared = f"{len(neighbours)} neighbours in common"
        return shared, shared
    if channel == "time":
        made, ended = _cell(of.new, new, "created_at"), _cell(of.old, old, "suspended_at")
        return f"made {made}", f"suspended {ended}"
    return _cell(of.new, new, COLUMNS[channel]), _cell(of.old, old, COLUMNS[channel])


def _cell(of: Profiles, row: int, name: str) -> str:
    value = of.table[name][row] if name in of.table.columns else None
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)


def _popularity(of: Search, channel: str, old: int, seen: Singles) -> int | None:
    """How many old accounts carry what is shared: a common name or picture says little."""
    carried = {"handle": "handle_carriers", "display name": "display_carriers", "avatar": "avatar_carriers"}
    if channel not in carried:
        return None
    return round(float(np.exp(seen[0, COLUMN[carried[channel]]])))


def _objections(of: Search, new: int, old: int, seen: Singles) -> list[Sign]:
    """Polarity, imitation and speaking about: evidence against, whatever else agrees."""
    mine, theirs = _cell(of.new, new, "handle"), _cell(of.old, old, "handle")
    return [
        Sign("polarity", f"{mine}: {WORDS[name]}", theirs, bits)
        for name, bits in AGAINST_BITS.items()
        if seen[0, COLUMN[name]] > 0
    ]


def _nearest(of: Search, by: Scores, pairs: NDArray[np.int64], old: int) -> Alternative | None:
    """The best other suspended account for the same new one, by its pairs."""
    others = of.pairs.row[pairs]
    rows = pairs[~of.is_placebo[others] & (others != old)]
    if len(rows) == 0:
        return None
    best = int(rows[np.lexsort((-of.pairs.score[rows], -by.score[rows]))[0]])
    return Alternative(of.old.table["account"][int(of.pairs.row[best])], float(by.probability[best]))


def shared_neighbours(of: Search, places: Lookups, account: str, suspended: str) -> list[Neighbour]:
    """Whom both follow and who follows both, the rarest first."""
    found = []
    for own, seed in (("follower", FOLLOWED), ("followee", FOLLOWER)):
        shared = places.beside(own, account) & places.beside(own, suspended)
        both = pl.Series(sorted(shared - {account, suspended}), dtype=pl.String)
        count = of.popularity.of(both.hash(seed).to_numpy())
        found += [
            Neighbour(name, int(times), seed == FOLLOWED)
            for name, times in zip(both.to_list(), count, strict=True)
        ]
    return sorted(found, key=lambda one: (one.popularity, one.account, one.is_followed))
