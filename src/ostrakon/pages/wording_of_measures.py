"""The sentences of the pages about measurements; those that every page needs stand in ``wording``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ostrakon.pages.rounding import NBSP, is_known

if TYPE_CHECKING:  # the pages need nothing but the standard library at run time
    from ostrakon.analysis.figures import Figure

TITLES = {
    "population": "How many there are",
    "survival": "How long they last",
    "reach": "Who still hears them",
    "effect": "Did it work",
}
LEADS = {
    "population": "From lists that overlap: few accounts on two lists mean many on none.",
    "survival": "From creation to the end, those that are still there counted for as long as they were watched.",
    "reach": "Everybody who follows a flagged account, counted once, before and after removals and on every day.",
    "effect": "What was seen beside what would have been, by every method: where they disagree, none is the answer.",
}
FIGURES, FIGURES_TITLE = "Figures", "What can be said, and how surely"
FIGURES_HEAD = ("Figure", "Value", "95 % interval", "Unit", "Grade")
NAMES = {
    "population": "Population",
    "observed": "Listed",
    "median": "Median time until the end",
    "logrank": "Difference between groups (log-rank)",
    "returns_per_suspension": "Returns for each suspension",
    "returned_within_30_days": "Back within 30 days",
    "reach_before": "Reach before",
    "reach_after": "Reach after",
    "sole_audience": "Audience of one account only",
    "exposures": "Follows of flagged accounts",
    "effect": "Effect on treated units (fraction)",
    "effect_level": "Effect on treated units",
    "net_effect": "Net effect on whole clusters (fraction)",
}
METHOD, REFUSED, WARNINGS = "Method", "Not shown", "In doubt"
NOT_SHOWN, NO_INTERVAL, NO_END = "not shown", "-", "no end"
HOW_TO = (
    (
        "A grade says how far to trust a figure.",
        (
            "Exact count; estimate, where every assumption was checked; indicative, where one is in "
            "doubt or could not be checked; not shown, where the data do not carry it."
        ),
    ),
    (
        "Model choice is most of the doubt.",
        "All models are shown. Where they disagree, none of them is the answer.",
    ),
    (
        "An interval holds the truth in 95 of 100 such studies.",
        "If its assumptions hold. Wider than threefold, it is an order of magnitude.",
    ),
    (
        "It is no target.",
        "Who is counted by suspensions will suspend. Look at the cost to the innocent beside it.",
    ),
)
SECTIONS: dict[str, tuple[str, str, str]] = {
    "moments": (
        "Before and after",
        "Before the first removal, after the last, and ever",
        "Ever: all flagged accounts together, as if they had been active at one time.",
    ),
    "by_day": (
        "Day by day",
        "Who is reached on each day (UTC)",
        "An account counts on every day on which it was active at any moment.",
    ),
    "effect models": (
        "Models",
        "What each method says",
        "Three methods give three answers. The headline comes first; the naive one shows how far it errs.",
    ),
    "placebos": (
        "Placebos",
        "Where nothing happened",
        "The same method on dates before, and on units that were left alone: all of this is error.",
    ),
    "checks": (
        "Checks",
        "What was looked at before the figure was shown",
        "Suspensions follow surges, and surges pass by themselves: that is not an effect.",
    ),
    "models": (
        "Models",
        "What each model says",
        (
            "Each model with two intervals: Wald's, and the profile of the likelihood, whose maximum "
            "differs a little. A lower AIC fits better."
        ),
    ),
    "drop_one_list": (
        "Without one list",
        "What the others say without each list",
        "Where one list moves the number far, all rests on it.",
    ),
    "overlaps": (
        "Overlaps",
        "Who stands on two lists",
        "A list beside itself: all that stand on it. Small overlaps decide the number.",
    ),
    "copies": ("Copies", "Lists that copy each other", "They count as one source."),
    "audit": (
        "Audit",
        "What a random review found",
        "Entries that were rejected are taken out, and as many of those that nobody reviewed.",
    ),
    "by_occasion": (
        "Over time",
        "At each occasion",
        ("The first and the last occasion only bound the others, so nothing can be said about them."),
    ),
    "curve": (
        "Survival",
        "The share that is still there",
        "Not shown beyond the age at which fewer than ten are watched.",
    ),
    "incidence": (
        "Ends",
        "How they end",
        "The share that has ended in each way by each age; the ways exclude each other.",
    ),
    "median": ("Median", "When half are gone", "On two scales: lifelines uses log-log, R log."),
    "rmst": (
        "Mean",
        "Mean days within a horizon",
        "Days that an account was there within the first 30 and 90, on average.",
    ),
    "cox": (
        "Covariates",
        "What goes with a shorter life",
        "Logarithms of hazard ratios: above 0, ends come sooner. No cause is shown by this.",
    ),
    "logrank": (
        "Groups",
        "Ends seen, and expected if groups were alike",
        "Descriptive: groups differ in more than their name.",
    ),
    "at_risk": ("At risk", "How many are watched at each age", "What the curve rests on."),
}
"""Name, title and lead of the section of each table."""
HEADS = {
    "method": "Model", "terms": "Lists and pairs", "value": "Value", "low": "Lower", "high": "Upper", "aic": "AIC",
    "bic": "BIC", "deviance": "Deviance", "list": "List", "other": "Other list", "accounts": "Accounts",
    "original": "Original", "copy": "Copy", "shared": "Shared", "copied_share": "Copied share", "seen_by": "Seen by",
    "entry": "Entry", "reviewed": "Reviewed", "rejected": "Rejected", "occasion": "Occasion", "survival": "Survival",
    "capture": "Capture", "arrivals": "Arrivals", "group": "Group", "days": "Days", "event": "End",
    "horizon_days": "Horizon", "covariate": "Covariate", "se": "Standard error", "p": "p",
    "hazard_ratio": "Hazard ratio", "moment": "Moment", "at": "At", "reach": "Reach", "sole": "Of one only",
    "exposures": "Follows", "active": "Accounts", "day": "Day", "unit": "Unit", "kind": "Kind", "name": "Placebo",
    "check": "Check", "told": "What it says",
    "observed": "Seen", "expected": "Expected", "at_risk": "At risk", "scale": "Scale",
}  # fmt: skip
ON_ONE_AXIS = "On one axis"
CURVE_CHART = "Share still there, by days since creation"
INCIDENCE_CHART = "Share that has ended so, by days since creation"
REACH_CHART = "Reach on each day, from the first one"
OCCASIONS_CHART = "Size at each occasion"
EMPTY = "Nothing to show."
A_HANDFUL = f"<{NBSP}5"


def section_of(verb: str, table: str) -> str | None:
    """The key of a table's section: its own for this verb, else that of all; None = it stands in figures.json only."""
    return next((key for key in (f"{verb} {table}", table) if key in SECTIONS), None)


def name_of(figure: str) -> str:
    """What a figure is called on a page."""
    return NAMES.get(figure, figure.replace("_", " "))


def number(value: float | None) -> str:
    """Four figures that count, whole numbers whole.

    >>> [number(n) for n in (11417.99, 0.81954, 310.0, None)]
    ['11,418', '0.8195', '310', '-']
    """
    if value is None or not is_known(value):
        return NO_INTERVAL
    if abs(value) >= 1000 or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:.4g}"


def interval(low: float | None, high: float | None) -> str:
    """Two ends; an open one is said."""
    if low is None and high is None:
        return NO_INTERVAL
    return f"{number(low)} to {NO_END if high is None else number(high)}"


def told(figure: Figure) -> str:
    """A figure in a line."""
    if figure.refused is not None:
        return f"{NOT_SHOWN}: {figure.refused}"
    ends = "" if figure.low is None else f" ({interval(figure.low, figure.high)})"
    return f"{number(figure.value)}{ends} {figure.unit}, {figure.grade}"


def range_description(low: float | None, high: float | None) -> str:
    """A bar in words."""
    return f"from {interval(low, high)}"


def line_description(points: int, first: float, last: float) -> str:
    """A curve in words."""
    return f"{points} points, from {number(first)} to {number(last)}"


def rows_shown(shown: int, rows: int) -> str:
    """How much of a table the page holds."""
    return f"{shown:,} of {rows:,} rows; all of them stand in figures.json.{NBSP}".rstrip(NBSP)
