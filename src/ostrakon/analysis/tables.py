"""The shapes of the file contract: which columns a table has, their kinds, and the checks on its rows.

A *typed table* is a polars DataFrame whose columns carry the names and dtypes given here:

======== ========================= =====================================================
kind     polars dtype              meaning
======== ========================= =====================================================
ID       String                    kept byte for byte, never empty
TIME     Datetime("us", "UTC")     null = unknown
TEXT     String                    null = unknown
COUNT    Float64                   >= 0, null = unknown
SHARE    Float64                   0 < share <= 1, null = unknown
CHOICE   String                    one of ``choices``, null = unknown
NUMBER   Float64                   any finite value, null = unknown
INTEGER  Int64                     any, null = unknown
======== ========================= =====================================================

An optional column that the file does not have is absent from the typed table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

import polars as pl

UNSPECIFIED = "unspecified"
"""The policy of a report that names none."""
DECLARING = ("list:", "call:")
"""Beginnings of a report's ``source`` that declare coordination: who names the same list or call works from it."""


class Kind(Enum):
    """What the cells of a column mean; the value is the polars dtype that holds them."""

    ID = "id"
    TIME = "time"
    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    CHOICE = "choice"
    NUMBER = "number"
    INTEGER = "integer"

    @property
    def dtype(self) -> pl.DataType:
        """The polars dtype of a typed column of this kind."""
        match self:
            case Kind.TIME:
                return pl.Datetime("us", "UTC")
            case Kind.COUNT | Kind.SHARE | Kind.NUMBER:
                return pl.Float64()
            case Kind.INTEGER:
                return pl.Int64()
            case _:
                return pl.String()


@dataclass(frozen=True)
class Column:
    """One column of the contract."""

    name: str
    kind: Kind
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shape:
    """The columns of one table of the contract, in the order in which it is written."""

    name: str
    columns: tuple[Column, ...]
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_name.update({column.name: column for column in self.columns})

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns."""
        return tuple(self._by_name)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns without which the table cannot be used."""
        return tuple(column.name for column in self.columns if column.required)

    def wider(self, more: Iterable[Column]) -> Shape:
        """The shape with further columns at its end."""
        return Shape(self.name, (*self.columns, *more))

    def empty(self) -> pl.DataFrame:
        """A typed table of this shape without rows."""
        return pl.DataFrame(schema={column.name: column.kind.dtype for column in self.columns})


def _shape(
    name: str, required: dict[str, Kind], optional: dict[str, Kind] | None = None, **choices: tuple[str, ...]
) -> Shape:
    columns = [Column(key, kind, True, choices.get(key, ())) for key, kind in required.items()]
    columns += [Column(key, kind, False, choices.get(key, ())) for key, kind in (optional or {}).items()]
    return Shape(name, tuple(columns))


# -- what is read ------------------------------------------------------------------------------

REPORTS = _shape(
    "reports",
    {"reporter": Kind.ID, "account": Kind.ID, "reported_at": Kind.TIME},
    {
        "report_id": Kind.TEXT,
        "policy": Kind.TEXT,
        "text": Kind.TEXT,
        "source": Kind.TEXT,
        "platform": Kind.TEXT,
    },
)
DECISIONS = _shape(
    "decisions",
    {"account": Kind.ID, "outcome": Kind.CHOICE},
    {
        "policy": Kind.TEXT,
        "decided_at": Kind.TIME,
        "selection": Kind.CHOICE,
        "propensity": Kind.SHARE,
        "reviewer": Kind.TEXT,
    },
    outcome=("upheld", "rejected", "overturned"),
    selection=("queue", "audit"),
)
ACCOUNTS = _shape(
    "accounts",
    {"account": Kind.ID},
    {"created_at": Kind.TIME, "followers": Kind.COUNT, "views": Kind.COUNT, "language": Kind.TEXT},
)
REPORTERS = _shape("reporters", {"reporter": Kind.ID}, {"created_at": Kind.TIME, "invited_by": Kind.TEXT})

_PROFILE = {
    "display_name": Kind.TEXT,
    "bio": Kind.TEXT,
    "created_at": Kind.TIME,
    "suspended_at": Kind.TIME,
    "avatar_hash": Kind.TEXT,
    "language": Kind.TEXT,
}
SUSPENDED = _shape("suspended", {"account": Kind.ID, "handle": Kind.ID}, _PROFILE)
NEW = _shape("new", {"account": Kind.ID, "handle": Kind.ID}, _PROFILE)
PLACEBO = _shape("placebo", {"account": Kind.ID, "handle": Kind.ID}, _PROFILE)
FOLLOWS = _shape("follows", {"follower": Kind.ID, "followee": Kind.ID}, {"kind": Kind.TEXT})
FOLLOW_KINDS = ("follow", "follows", "following")
REVIEWS = _shape(
    "reviews",
    {"account": Kind.ID, "suspended_account": Kind.ID, "verdict": Kind.CHOICE},
    verdict=("same", "different", "unclear"),
)
LISTS = _shape(
    "lists",
    {"list": Kind.ID, "account": Kind.ID},
    {"seen_at": Kind.TIME, "verdict": Kind.CHOICE},
    verdict=("upheld", "rejected"),
)
PERSON_LINKS = _shape("links", {"account": Kind.ID, "suspended_account": Kind.ID, "probability": Kind.SHARE})
"""What a measurement needs of links: two accounts are one person with that probability."""
SPELLS = _shape(
    "spells",
    {"account": Kind.ID, "start_at": Kind.TIME},
    {"end_at": Kind.TIME, "event": Kind.CHOICE, "entry_at": Kind.TIME, "group": Kind.TEXT},
    event=("suspended", "deleted", "left", "reinstated"),
)
FLAGGED = _shape("flagged", {"account": Kind.ID, "from_at": Kind.TIME}, {"to_at": Kind.TIME})
"""Half-open intervals in which an account was active; it may have several."""
_UNITS: dict[str, Kind] = {"cluster": Kind.TEXT}
PANEL = _shape(
    "panel",
    {"unit": Kind.ID, "time": Kind.TIME, "outcome": Kind.NUMBER},
    {"treated_at": Kind.TIME, **_UNITS},
)
NUMBERED_PANEL = _shape(
    "panel",
    {"unit": Kind.ID, "time": Kind.NUMBER, "outcome": Kind.NUMBER},
    {"treated_at": Kind.NUMBER, **_UNITS},
)
"""The same where times are numbers: years, weeks, rounds."""
SUSPENSIONS = _shape(
    "suspensions",
    {"account": Kind.ID, "suspended_at": Kind.TIME},
    {
        "group": Kind.TEXT,
        "stratum": Kind.TEXT,
        "noticed_at": Kind.TIME,
        "appealed_at": Kind.TIME,
        "answered_at": Kind.TIME,
        "appeal": Kind.CHOICE,
        "looked_at": Kind.TIME,
        "verdict": Kind.CHOICE,
        "reinstated_at": Kind.TIME,
    },
    appeal=("granted", "refused"),
    verdict=("upheld", "rejected"),
)
"""One row a suspension. ``stratum``: within which second looks were drawn at random; ``noticed_at``: when the notice
was delivered; ``verdict``: of a blind second look, empty = not drawn."""
OUTLINKS = _shape(
    "outlinks",
    {"unit": Kind.ID, "time": Kind.TIME, "platform": Kind.TEXT, "links": Kind.COUNT},
    {"treated_at": Kind.TIME, **_UNITS},
)
"""Links to a platform that were posted in a unit at a time; a time at which there were none needs no row."""
AUDIENCE = _shape("audience", {"account": Kind.ID, "age_days": Kind.NUMBER, "followers": Kind.COUNT})
"""How many followed an account at an age."""
HISTORY_COUNT = "count"
"""The column of capture histories that is no list."""


def history_shape(columns: Iterable[str]) -> Shape:
    """Capture histories: one 0/1 column a list, and perhaps ``count``."""
    return Shape("histories", tuple(Column(name, Kind.COUNT, name != HISTORY_COUNT) for name in columns))


# -- what is written ---------------------------------------------------------------------------

FIGURES = _shape(
    "figures",
    {
        "name": Kind.TEXT,
        "value": Kind.NUMBER,
        "low": Kind.NUMBER,
        "high": Kind.NUMBER,
        "unit": Kind.TEXT,
        "grade": Kind.TEXT,
        "method": Kind.TEXT,
        "warnings": Kind.TEXT,
        "refused": Kind.TEXT,
    },
)

QUEUE = _shape(
    "queue",
    {
        "rank": Kind.INTEGER,
        "account": Kind.ID,
        "policy": Kind.TEXT,
        "reports": Kind.INTEGER,
        "reporters": Kind.INTEGER,
        "independent_reports": Kind.NUMBER,
        "probability": Kind.NUMBER,
        "probability_low": Kind.NUMBER,
        "probability_high": Kind.NUMBER,
        "campaigns": Kind.TEXT,
        "decided": Kind.TEXT,
    },
)
REPORTER_RECORDS = _shape(
    "reporters",
    {
        "reporter": Kind.ID,
        "reports": Kind.INTEGER,
        "decided": Kind.NUMBER,
        "upheld": Kind.NUMBER,
        "precision": Kind.NUMBER,
        "precision_low": Kind.NUMBER,
        "precision_high": Kind.NUMBER,
        "campaigns": Kind.TEXT,
    },
)
CAMPAIGNS = _shape(
    "campaigns",
    {
        "campaign": Kind.ID,
        "members": Kind.INTEGER,
        "targets": Kind.INTEGER,
        "reports": Kind.INTEGER,
        "first_at": Kind.TIME,
        "last_at": Kind.TIME,
        "lift": Kind.NUMBER,
        "q_value": Kind.NUMBER,
        "upheld_share": Kind.NUMBER,
        "kind": Kind.TEXT,
    },
)
CAMPAIGN_MEMBERS = _shape(
    "campaign_members", {"campaign": Kind.ID, "reporter": Kind.ID, "q_value": Kind.NUMBER}
)
CAMPAIGN_TARGETS = _shape(
    "campaign_targets",
    {
        "campaign": Kind.ID,
        "account": Kind.ID,
        "reports": Kind.INTEGER,
        "first_at": Kind.TIME,
        "last_at": Kind.TIME,
    },
)
LINKS = _shape(
    "links",
    {
        "account": Kind.ID,
        "suspended_account": Kind.ID,
        "rank": Kind.INTEGER,
        "probability": Kind.NUMBER,
        "false_link_rate": Kind.NUMBER,
        "channels": Kind.TEXT,
    },
)
REJECTED = _shape(
    "rejected", {"file": Kind.TEXT, "line": Kind.INTEGER, "problem": Kind.TEXT, "row": Kind.TEXT}
)


def speaks_for_closeness(follows: pl.DataFrame) -> pl.Series:
    """(n,) which edges are follows: by their ``kind``, in any case; an edge without a kind is one.

    >>> edges = {"follower": ["a"] * 3, "followee": ["b"] * 3, "kind": ["Follows", "reply", None]}
    >>> speaks_for_closeness(pl.DataFrame(edges)).to_list()
    [True, False, True]
    """
    if "kind" not in follows.columns:
        return pl.repeat(value=True, n=follows.height, eager=True)
    return follows.select(pl.col("kind").str.to_lowercase().is_in(FOLLOW_KINDS).fill_null(True)).to_series()
