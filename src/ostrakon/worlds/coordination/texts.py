"""Texts of reports: flat words in no language's order, stock phrases of honest people, and what rings paste."""

from __future__ import annotations

import numpy as np
import polars as pl

from ostrakon.worlds.draws import Ints, weighted

VOCABULARY = """
the this account post page user profile comment message link photo video name picture group thread reply story channel
is was has keeps posts sends shares writes says asks sells uses copies follows tags insults threatens pretends claims
spreads repeats hides lies steals reuses links mentions attacks mocks floods deletes changes ignores continues started
a an my our their his her your some many every all same new old other another again still always never often already
spam fake scam bot insult threat hate lie rumour advert offer prize money card bank password phone number address house
office school child woman man person people friend family neighbour journalist teacher doctor player artist company shop
city street country election vote party meeting protest event concert game match market price ticket delivery package
please look remove check stop help act delete review warn block read see think know want need believe
today yesterday tonight morning evening week month year hour day night time since before after during while until
very really quite almost only even just too more most less least far near back out over under here there everywhere
and or but because so if when where who what how why that these those which with without against about from into for to
not no nobody nothing yes maybe clearly openly secretly publicly personally repeatedly suddenly slowly quickly daily
bad rude wrong false illegal dangerous cruel angry violent stupid strange empty stolen hidden public private personal
two three four five ten twenty hundred thousand first second last next whole half part rest list rule rules policy term
terms reason proof example case screen copy text word words sentence title comment section front button form report
reported reporting blocked warned banned removed deleted posted shared copied written called named known seen found sent
""".split()  # noqa: SIM905  three hundred words in quotes would be harder to read
"""Some hundred words, the first said more often."""

STOCK = (
    "spam",
    "Spam",
    "this is spam",
    "fake account",
    "bot",
    "hate speech",
    "harassment",
    "scam, please remove",
    "against the rules",
    "please check this account",
)
"""What honest people write when they do not want to write."""

SILENT, STOCK_ALONE, STOCK_FIRST = 0.2, 0.25, 0.2
"""Shares of honest reports without a text, with a stock phrase alone, and with one before own words."""

TEMPLATES = 3
"""Texts that a ring pastes."""
TEMPLATE_WORDS = (12, 24)
MOST_EDITED = 0.3
"""Share of the words that the busiest editor changes; each copy has a share of its own, from none to this."""


def text_column(ring: Ints, rng: np.random.Generator) -> pl.Series:
    """(reports,) texts: ``ring`` is 0 for a report in somebody's own words, and the ring's number for a pasted one."""
    own, pasted = np.flatnonzero(ring == 0), np.flatnonzero(ring)
    texts = pl.concat([_own_words(len(own), rng), _pasted(ring[pasted], rng)])
    return texts.gather(np.argsort(np.concatenate([own, pasted]))).rename("text")


def _own_words(count: int, rng: np.random.Generator) -> pl.Series:
    """Texts of honest people."""
    length = rng.integers(3, 20, count, endpoint=True)
    spoken = _joined(length, _draw_words(int(length.sum()), rng))
    stock = pl.Series(STOCK).gather(rng.integers(0, len(STOCK), count))
    chance = pl.Series(rng.random(count))
    table = pl.DataFrame({"chance": chance, "stock": stock, "spoken": spoken})
    silent, alone, first = np.cumsum([SILENT, STOCK_ALONE, STOCK_FIRST]).tolist()
    text = (
        pl.when(pl.col("chance") < silent)
        .then(None)
        .when(pl.col("chance") < alone)
        .then("stock")
        .when(pl.col("chance") < first)
        .then(pl.concat_str("stock", "spoken", separator=" "))
        .otherwise("spoken")
    )
    return table.select(text=text)["text"]


def _pasted(ring: Ints, rng: np.random.Generator) -> pl.Series:
    """Copies of one of each ring's templates, in each copy some words replaced."""
    shortest, longest = TEMPLATE_WORDS
    templates = (int(ring.max(initial=0)) + 1) * TEMPLATES
    length = rng.integers(shortest, longest, templates, endpoint=True)
    words = _draw_words(templates * longest, rng).reshape(templates, longest)
    template = ring * TEMPLATES + rng.integers(0, TEMPLATES, len(ring))
    copies = words[template]
    edited = rng.random(copies.shape) < rng.uniform(0, MOST_EDITED, len(ring))[:, None]
    copies = np.where(edited, _draw_words(copies.size, rng).reshape(copies.shape), copies)
    kept = np.arange(longest) < length[template][:, None]
    return _joined(length[template], copies[kept])


def _draw_words(count: int, rng: np.random.Generator) -> Ints:
    """Words by number: their frequency falls with the root of their rank."""
    frequency = (np.arange(1, len(VOCABULARY) + 1) ** -0.5).astype(np.float64)
    return weighted(frequency, count, rng)


def _joined(length: Ints, words: Ints) -> pl.Series:
    """Texts of so many words each, from the words of all texts one after the other."""
    text = np.repeat(np.arange(len(length)), length)
    table = pl.DataFrame({"text": text, "word": pl.Series(VOCABULARY).gather(words)})
    return table.group_by("text", maintain_order=True).agg(pl.col("word").str.join(" "))["word"]
