"""A follower graph with communities, and how far a post travels through it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostrakon.worlds.draws import Floats, Ints, pareto, weighted


@dataclass(frozen=True)
class GraphSettings:
    """Size and shape of the follower graph."""

    authors: int = 10_000
    """Accounts whose posts are looked at."""
    readers: int = 24_000
    """People who read, repost and may report."""
    communities: int = 12
    at_home: float = 0.85
    """Chance that a follower is of one's own community."""
    author_followers: float = 25.0
    """Smallest number of followers; the tail is heavy."""
    author_shape: float = 1.15
    reader_followers: float = 3.0
    reader_shape: float = 1.4
    most_followers: float = 4_000.0
    attention_shape: float = 1.2
    """Some people follow everybody: Pareto shape of how many each reader follows."""
    most_attentive: float = 200.0
    sees: float = 0.6
    """Chance that a follower sees a post at all."""
    virality: float = 0.010
    """Median chance that somebody who sees a post passes it on."""
    virality_sigma: float = 1.4
    generations: int = 4


@dataclass(frozen=True)
class Links:
    """Followers by whom they follow: those of ``i`` are ``follower[starts[i] : starts[i + 1]]``."""

    starts: Ints
    follower: Ints

    def counts(self) -> Ints:
        """Number of followers of each."""
        return np.diff(self.starts)


@dataclass(frozen=True)
class Graph:
    """Who follows whom, in which community."""

    author_home: Ints
    reader_home: Ints
    of_author: Links
    of_reader: Links


@dataclass(frozen=True)
class Exposures:
    """Who saw whose posts, once for each (author, reader)."""

    author: Ints
    reader: Ints
    generation: Ints
    """Reposts between the author and the reader."""


def draw_graph(settings: GraphSettings, rng: np.random.Generator) -> Graph:
    """Communities of very unequal size; most followers are neighbours."""
    size = rng.dirichlet(np.full(settings.communities, 1.5)) + 0.01
    reader_home = np.sort(weighted(size, settings.readers, rng))
    author_home = weighted(size, settings.authors, rng)
    most, home = settings.most_followers, settings.at_home
    fans = settings.author_followers * pareto(settings.author_shape, settings.authors, rng)
    friends = settings.reader_followers * pareto(settings.reader_shape, settings.readers, rng)
    attention = np.minimum(pareto(settings.attention_shape, settings.readers, rng), settings.most_attentive)
    of_author = _links(author_home, np.minimum(fans, most), reader_home, attention, home, rng)
    of_reader = _links(reader_home, np.minimum(friends, most), reader_home, attention, home, rng)
    return Graph(author_home, reader_home, of_author, of_reader)


def _links(
    home: Ints, wanted: Floats, reader_home: Ints, attention: Floats, at_home: float, rng: np.random.Generator
) -> Links:
    """Followers for each of ``home``; ``reader_home`` is sorted, so a community is one range of readers."""
    counts = wanted.astype(np.int64)
    owner_home = np.repeat(home, counts)
    upto = np.concatenate([[0.0], np.cumsum(attention)])
    low = upto[np.searchsorted(reader_home, owner_home)]
    high = upto[np.searchsorted(reader_home, owner_home, side="right")]
    stranger = rng.random(len(owner_home)) >= at_home
    low[stranger], high[stranger] = 0.0, upto[-1]
    place = low + rng.random(len(owner_home)) * (high - low)
    follower = np.minimum(np.searchsorted(upto, place, side="right") - 1, len(reader_home) - 1)
    return Links(np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), follower.astype(np.int64))


def expand(links: Links, who: Ints) -> tuple[Ints, Ints]:
    """All followers of everybody in ``who``: the place in ``who``, and the follower."""
    counts = links.counts()[who]
    place = np.repeat(np.arange(len(who)), counts)
    within = np.arange(len(place)) - np.repeat(np.cumsum(counts) - counts, counts)
    return place, links.follower[links.starts[who][place] + within]


def spread(graph: Graph, settings: GraphSettings, rng: np.random.Generator) -> Exposures:
    """Posts go from the author to followers, and from those who pass them on to their followers."""
    virality = np.minimum(
        settings.virality * rng.lognormal(0, settings.virality_sigma, settings.authors), 0.25
    )
    author, reader = expand(graph.of_author, np.arange(settings.authors))
    kept = rng.random(len(author)) < settings.sees
    author, reader = author[kept], reader[kept]
    found = [(author, reader)]
    for _ in range(settings.generations):
        passed = rng.random(len(author)) < virality[author]
        place, audience = expand(graph.of_reader, reader[passed])
        kept = rng.random(len(place)) < settings.sees
        author, reader = author[passed][place[kept]], audience[kept]
        found.append((author, reader))
    generation = np.repeat(np.arange(len(found)), [len(step[0]) for step in found])
    pair = np.concatenate([step[0] * settings.readers + step[1] for step in found])
    pair, first = np.unique(pair, return_index=True)
    return Exposures(pair // settings.readers, pair % settings.readers, generation[first])
