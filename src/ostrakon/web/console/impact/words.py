"""Every sentence of the page: questions, measures, figures, grades, columns of its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class Form(Enum):
    """How a number is written."""

    COUNT = "count"
    """Of people or things: a handful of people is not told."""
    DAYS = "days"
    NUMBER = "number"
    SHARE = "share"
    CHANGE = "change"
    """A fraction with its sign: -31 %."""
    POINTS = "points"
    """A difference of shares."""


@dataclass(frozen=True)
class Named:
    """A figure, and how its number is written."""

    label: Promise
    form: Form
    sentence: Promise | None = None
    """With a place for ``value``; None: it is no headline."""


QUESTIONS: Mapping[str, Promise] = {
    "how_many": _("How many are there?"),
    "how_long": _("How long do they last?"),
    "coming_back": _("Do they come back?"),
    "who_hears": _("Who still hears them?"),
    "did_it_change": _("Did it change anything?"),
    "cost": _("What did it cost the innocent?"),
}
GROUPS: Mapping[str, Promise] = {
    "target": _("Target group"),
    "protected": _("Counter-speakers, press, eyewitnesses, researchers"),
}
SHORT: Mapping[str, Promise] = {"target": _("Target group"), "protected": _("Protected group")}
"""Above pictures."""
ALL_SUSPENDED = _("Everybody who was suspended")
"""Instead of the target group where only all suspensions together can say what was wrong."""
HEADLINES: Mapping[str, tuple[str, ...]] = {
    "how_many": ("population", "known_active"),
    "how_long": ("median",),
    "coming_back": ("returns_per_suspension", "regained_at_30_days"),
    "who_hears": ("reach_after",),
    "did_it_change": ("net_effect", "effect", "displacement"),
    "cost": ("wrongful_rate", "overturned_of_appealed", "suspended"),
}
"""The figures that may answer a question in a sentence: the first that is shown."""
CANNOT_TELL = _("These data cannot tell.")
MEASURES: Mapping[str, tuple[Promise, Promise]] = {
    "known_active": (
        _("Known and active"),
        _("Counted: who was decided about or is in a file, and has no end yet."),
    ),
    "estimated_active": (
        _("Estimated number"),
        _(
            "From lists that overlap: few accounts on two lists mean many on none. Every model is shown, not one."
        ),
    ),
    "survival": (
        _("How long accounts last"),
        _("From creation to the end, watched from the day on which they were first known."),
    ),
    "returns": (
        _("Returns"),
        _("Do ten new accounts open for each one that is closed? Links are doubtful, and so is this."),
    ),
    "regained": (
        _("Audience regained"),
        _("Followers of a later account of a person, over those of the first one at the same age."),
    ),
    "reach": (
        _("Reach"),
        _("Everybody who follows one of them, counted once, before the first removal and at the end."),
    ),
    "effect": (
        _("Effect"),
        _(
            "What was seen beside what would have been. Suspensions follow surges, and surges pass by themselves."
        ),
    ),
    "structure": (
        _("The network among them"),
        _("Of the last thirty days, beside as many random removals. It says nothing about anybody in it."),
    ),
    "wrongful": (
        _("Wrong suspensions"),
        _("By blind second looks at some that were drawn at random. Who appeals is not who was wronged."),
    ),
    "waits": (
        _("How long people wait"),
        _("Cases that are still open count for as long as they have waited."),
    ),
    "displacement": (
        _("Links to other platforms"),
        _("A lower bound: who left with everything is not seen."),
    ),
    "collateral": (_("What the innocent lost"), _("Counted, of those that are known.")),
}
FIGURES: Mapping[str, Named] = {
    "known_active": Named(_("active now"), Form.COUNT, _("%(value)s accounts are known to be active.")),
    "ever_known": Named(_("ever known"), Form.COUNT),
    "population": Named(_("estimated"), Form.COUNT, _("About %(value)s accounts.")),
    "observed": Named(_("on the lists"), Form.COUNT),
    "median": Named(_("days until half are gone"), Form.DAYS, _("Half are gone after %(value)s days.")),
    "returns_per_suspension": Named(
        _("returns for each suspension"), Form.NUMBER, _("For each suspended account %(value)s come back.")
    ),
    "returned_within_30_days": Named(_("back within 30 days"), Form.SHARE),
    "regained_at_7_days": Named(_("at the age of 7 days"), Form.SHARE),
    "regained_at_30_days": Named(
        _("at the age of 30 days"), Form.SHARE, _("Who comes back has %(value)s of the earlier followers.")
    ),
    "reach_before": Named(_("followers before the first removal"), Form.COUNT),
    "reach_after": Named(
        _("followers at the end"), Form.COUNT, _("%(value)s people follow at least one of them.")
    ),
    "sole_audience": Named(_("followers of one only"), Form.COUNT),
    "exposures": Named(_("follows of them, all together"), Form.COUNT),
    "effect": Named(
        _("on those treated"), Form.CHANGE, _("%(value)s against what would have been, on those treated.")
    ),
    "net_effect": Named(
        _("on whole clusters"), Form.CHANGE, _("%(value)s against what would have been, neighbours included.")
    ),
    "displacement": Named(
        _("more of the links lead elsewhere"),
        Form.POINTS,
        _("Links lead to other platforms more often, by %(value)s."),
    ),
    "density": Named(_("share of possible follows"), Form.NUMBER),
    "reciprocity": Named(_("share of follows that are returned"), Form.SHARE),
    "giant_component": Named(_("share in the largest part"), Form.SHARE),
    "core": Named(_("largest core"), Form.NUMBER),
    "wrongful_rate": Named(
        _("wrong, of all suspensions"),
        Form.SHARE,
        _("%(value)s of the suspensions were wrong, by blind second looks."),
    ),
    "overturned_of_appealed": Named(
        _("granted, of the appeals that were answered"),
        Form.SHARE,
        _("%(value)s of the answered appeals were granted."),
    ),
    "suspensions": Named(_("suspensions"), Form.COUNT),
    "time_to_notice": Named(_("days until people were told"), Form.DAYS),
    "time_to_answer": Named(_("days from an appeal to its answer"), Form.DAYS),
    "time_to_reinstate": Named(_("days from a wrong suspension to its end"), Form.DAYS),
    "suspended": Named(_("accounts suspended"), Form.COUNT, _("%(value)s of them were suspended.")),
    "let_back_in": Named(_("let back in"), Form.COUNT),
    "days_lost": Named(_("days they were shut out"), Form.DAYS),
}
GRADES: Mapping[str, Promise] = {
    "exact count": _("exact count"),
    "estimate": _("estimate"),
    "indicative": _("indicative"),
    "not shown": _("not shown"),
}
TABLES: Mapping[str, Promise] = {
    "active_by_day": _("Known and active, day by day"),
    "models": _("What each model says"),
    "drop_one_list": _("What is left without one list"),
    "curve": _("Share that is still there, by days since creation"),
    "by_account": _("By age and by number of the account"),
    "by_day": _("Followers of at least one of them, day by day"),
    "structure": _("Before, after, and after as many random removals"),
    "strata": _("Second looks, by what led to the suspension"),
    "waits": _("When a tenth, half and nine tenths were done"),
    "shares": _("Links that lead elsewhere"),
}
"""Tables that the page shows; the others stand in figures.json."""
HEADS: Mapping[str, Promise] = {
    "day": _("Day"), "active": _("Accounts"), "days": _("Days"), "survival": _("Still there"), "low": _("From"),
    "high": _("To"), "reach": _("Followers"), "method": _("Model"), "value": _("Value"), "list": _("Without"),
    "age_days": _("Age in days"), "account": _("Account of the person"), "pairs": _("People"), "unit": _("Unit"),
    "measure": _("Measure"), "before": _("Before"), "after": _("After"), "random_median": _("Random removals"),
    "random_low": _("Random, from"), "random_high": _("Random, to"), "stratum": _("Led to by"),
    "suspensions": _("Suspensions"), "looked_at": _("Looked at again"), "found_wrong": _("Found wrong"),
    "share": _("Share"), "wait": _("Wait"), "cases": _("Cases"), "share_done": _("Done"), "units": _("Units"),
    "when": _("When"), "links": _("Links"), "elsewhere": _("Elsewhere"),
}  # fmt: skip
OF_THE_SCIENCE = (
    gettext_noop("order of magnitude: the upper end is more than 3 times the lower one"),
    gettext_noop("what moved out of the clusters is not seen: at least so much was displaced"),
    gettext_noop("who left with everything is not seen: at least so much moved"),
    gettext_noop("no unit has a treated_at within its times, with a time before it"),
    gettext_noop("no unit has a treated_at: nothing says before and after what"),
    gettext_noop("nobody has reinstated_at"),
    gettext_noop(
        "no account stands on two lists: lists without overlap say nothing about how many are on none"
    ),
    gettext_noop("one list has no overlap with another: bring a second one that was made without it"),
    gettext_noop("no appeal was answered"),
    gettext_noop("no spell ended with a suspension"),
)
"""Sentences of ``analysis`` that have no number in them: the others stay English, and are marked so."""
