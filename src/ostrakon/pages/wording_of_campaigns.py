"""The sentences about who reports together."""

from __future__ import annotations

from collections.abc import Sequence
from math import isinf

from ostrakon.pages.rounding import NBSP, about, count, is_known, observed
from ostrakon.pages.wording import lasting, things

# -- campaigns ----------------------------------------------------------------------------------

CAMPAIGNS_TITLE = "Who reports together"
CAMPAIGNS_LEAD = (
    "Coordinated does not mean malicious. Volunteers who work from a public list act together and may well be right, "
    "so whether a campaign acts together and whether its reports were upheld are two separate columns. Nobody is "
    "marked down for the first; a campaign simply counts as few voices."
)
CAMPAIGNS_NONE = "Nothing found: no group of reporters acts together more often than chance would have it."
CAMPAIGNS_NOT_SOUGHT = "Campaigns were not looked for in this run."
CAMPAIGNS_HEAD = ("Campaign", "Kind", "Members", "Targets", "Reports", "From, to", "Upheld", "Against chance")
KINDS = {
    "list": "works from a published list",
    "call": "answers a public call",
    "trusted": "trusted flagger",
    "authority": "an authority",
    "platform": "reported by a platform",
    "declared list": "works from a published list or call",
    "coordinated": "reports the same accounts together",
}


def campaigns_shown(shown: int, rows: int) -> str:
    """How many of the campaigns the page shows."""
    start = (
        f"{things(rows, 'campaign')} in all"
        if shown >= rows
        else f"The first {count(shown)} of {things(rows, 'campaign')}"
    )
    return f"{start}. Members and targets stand in campaign_members.csv and campaign_targets.csv."


def upheld_share(share: float | None) -> str:
    """What people decided about a campaign's reports."""
    if share is None or not is_known(share):
        return "none decided yet"
    return f"{observed(share)} of those decided"


def against_chance(lift: float | None, q_value: float | None) -> str:
    """How surprising it would be that so much agreement is chance."""
    parts = []
    if lift is not None and is_known(lift):
        parts.append(as_many_times(lift))
    if q_value is not None and is_known(q_value):
        parts.append(q_value_in_words(q_value))
    return ", ".join(parts) or NOT_TESTED


def as_many_times(lift: float) -> str:
    """A ratio to chance; infinite where chance would bring nothing."""
    if isinf(lift):
        return "never by chance"
    return f"{lift:,.1f} times" if lift < 10 else f"{about(lift)} times"


def q_value_in_words(q_value: float) -> str:
    """``q = 0.012``, never surer than 0.001."""
    return f"q{NBSP}<{NBSP}0.001" if q_value < 0.001 else f"q{NBSP}={NBSP}{q_value:.3f}"


# -- one campaign --------------------------------------------------------------------------------

NOT_MALICIOUS = "This says that they act together. It does not say why, nor whether they are right."
PROVENANCE = (
    "Most of these reports name the public list or call they come from. That is provenance, not guilt: it says why "
    "they come together, and nothing against those who sent them."
)
ONE_VOICE = "Their reports are weighed as few voices, and nobody's record is lowered for it."
FOR_TOGETHER, AGAINST_TOGETHER = "Speaks for acting together", "Speaks against, or for caution"
NOT_TESTED = "not tested"
MOST_REPORTED, MOST_CERTAIN, FIRST_IN_TIME = "most reported by members", "most certain", "first"
DECLARES = "Most of the reports say themselves where they come from:"
ONLY_TWO_BURSTS = "It was seen in no more than two bursts."
AS_BY_CHANCE = "as often as by chance"
ROW_OF_CAMPAIGN = "To its row in the table."
PICTURES = "When, who and whom, and what chance would bring"
LANES = "When each target was reported"
LANES_HEAD = ("Target", "By members")
TARGETS_HEAD = (
    "Number",
    "Target",
    "By members",
    "All reports",
    "First by a member",
    "Last by a member",
    "Decided",
)
BY_MEMBERS, BY_OTHERS = "by a member", "by somebody else"
WHO_AND_WHOM = "Who reported which target"
MATRIX_NOTE = "The numbers of the columns are those of the targets above."
MEMBERS_HEAD = ("Member", "Targets", "How many", "Bursts", "By chance", "q")
MATRIX_HEAD = ("Member", "Targets shown")
REPORTED, NOT_REPORTED = "reported", "not"
RETURNS = "Those who came back, and what chance would bring"
RETURNS_SEEN, RETURNS_BY_CHANCE = "seen", "by chance"
RETURNS_IN_ALL = "All of them together"
RETURNS_HEAD = ("Burst", "Target", "Came back", "By chance", "Members", "Reporters", "First", "Last")
BURST_NOTE = "A burst is a run of reports on one account without a long pause."
SIGNS = "Each sign by itself"
SIGNS_HEAD = ("Sign", "Chance of it", "Seen", "By chance", "What they share")
NO_SIGNS = "No sign could be tested by itself: what the files do not say is absent here, not zero."
WORDS_OF_OTHERS = "Words of others, shortened:"
SIGN_NAMES = {
    "reporting together": ("reporting together", "the same accounts within the same hours"),
    "copied text": ("copied text", "reports in the same or nearly the same words"),
    "created together": ("created together", "reporters' accounts made at the same time"),
    "one inviter": ("one inviter", "reporters' accounts invited by the same account"),
    "one list": ("one list", "reports that name the same list or call"),
}


def acted_together(members: int, targets: int, bursts: int, typical_s: float | None) -> str:
    """What was seen, first of all."""
    whom = "the same account" if targets == 1 else f"the same {things(targets, 'account')}"
    haste = "" if typical_s is None else f" within {lasting(typical_s)} of each other"
    again = ", again and again" if bursts > 2 else ", twice" if bursts == 2 else ""
    return f"{things(members, 'reporter')} reported {whom}{haste}{again}."


def came_back(seen: int, expected: float, targets: int) -> str:
    """How often somebody returned, beside chance."""
    if not seen:
        return "Nobody was seen to come back for more."
    more = "to the same account" if targets == 1 else "to a further account of these"
    return f"{times(seen)} somebody came back {more}; by chance that would have happened {often(expected)}."


def times(number: float) -> str:
    """``Once``, ``214 times``."""
    return "Once" if round(number) == 1 else f"{count(number)} times"


def often(expected: float) -> str:
    """An expected number of times."""
    return (
        "less than once" if expected < 0.5 else "about once" if expected < 1.5 else f"{about(expected)} times"
    )


def more_than_chance(above: int, bursts: int) -> str:
    """How steadily they came back."""
    later = f"In {count(above)} of {things(bursts, 'burst')} after the first"
    return f"{later}, more came back than chance would bring."


def improbable(q_value: float) -> str:
    """The q-value as a reason."""
    most = f"0.1{NBSP}%" if q_value < 0.001 else f"{q_value * 100:.1f}{NBSP}%"
    return f"A log in which nobody acts together would show such a group with a chance of at most {most}."


def signs_agree(clear: int, tested: int) -> str:
    """Signs that say so independently of each other."""
    return f"{count(clear)} of {things(tested, 'sign')} say so, each tested by itself."


def shared_interest(interest: float) -> str:
    """Why the same people would meet anyway."""
    return (
        f"Without haste, too, these people meet on these accounts {interest:,.1f} times as often as strangers would: "
        "a shared interest explains a part of it."
    )


def they_were_right(decided: int, share: float) -> str:
    """Most of what they reported was a violation."""
    return (
        f"Of {things(decided, 'decided target')}, {observed(share)} broke the policy: they may act together and be "
        "right."
    )


def small_group(members: int) -> str:
    """A coincidence among few is no great one."""
    return f"Only {things(members, 'member')}: in so small a group a coincidence weighs more."


def by_mistake(wrong: float, members: int) -> str:
    """What the false discovery rate means for those who are named."""
    named = "is" if wrong < 1.5 else "are"
    all_of_them = f"Of the {things(members, 'member')}"
    return f"{all_of_them}, {about(wrong)} {named} probably named by mistake, most likely among the last."


def size_of_campaign(members: int, targets: int, bursts: int) -> str:
    """``30 members, 12 targets, 14 bursts.``"""
    return f"{things(members, 'member')}, {things(targets, 'target')}, {things(bursts, 'burst')}."


def decided_of_targets(decided: int, targets: int, share: float | None) -> str:
    """What people decided, which is another question than whether they act together."""
    if not decided or share is None or not is_known(share):
        return "No target is decided yet."
    return f"Decided targets: {count(decided)} of {count(targets)}, {observed(share)} of them violations."


def shown_of(shown: int, every: int, thing: str, order: str) -> str | None:
    """What was left out of a picture; None if nothing."""
    return f"The {count(shown)} {order} of {things(every, thing)} are shown." if shown < every else None


def dots_drawn(drawn: int, every: int) -> str | None:
    """Reports without a mark of their own."""
    if drawn >= every:
        return None
    return (
        f"Of {things(every, 'report')} on these targets {count(drawn)} are drawn. Left out are those long before or "
        "after, and an even part where there are very many."
    )


def line_every(unit: str) -> str:
    """What the upright lines are."""
    return f"a line every {unit.removeprefix('an ').removeprefix('a ')}"


def lane_description(members: int, others: int, first: str, last: str) -> str:
    """One lane in words."""
    return f"{things(members, 'report')} by members and {count(others)} by others are drawn, from {first} to {last}"


def of_all(part: int, every: int) -> str:
    """``28 of 41``."""
    return f"{count(part)} of {count(every)}"


def matrix_description(numbers: Sequence[int]) -> str:
    """One row of the picture of members and targets in words."""
    return (
        f"Reported target {', '.join(map(str, numbers))}" if numbers else "Reported none of the targets shown"
    )


def returns_description(bursts: int, seen: int, expected: float) -> str:
    """The bars in a sentence."""
    return (
        f"{things(bursts, 'burst')} in order of time; somebody came back {count(seen)} times, by chance it would have "
        f"been {often(expected)}"
    )


def returns_compared(seen: float, expected: float) -> tuple[str, str]:
    """The labels of the two bars: by chance, and seen."""
    return f"{amount(expected)} by chance", f"{count(seen)} seen"


def tallest_returns(number: float) -> str:
    """What the height of the bars stands for."""
    return f"tallest: {amount(number)}"


def amount(number: float) -> str:
    """A mean or an expected number: one decimal where it matters."""
    if 0 < number < 0.05:
        return f"<{NBSP}0.1"
    return count(number) if number >= 10 or float(number).is_integer() else f"{number:.1f}"


def p_value(p: float) -> str:
    """A p-value, never surer than 0.001."""
    return f"<{NBSP}0.001" if p < 0.001 else f"{p:.3f}"


def things_shared(number: int) -> str:
    """What unfolds the evidence of a sign."""
    return things(number, "example")


def in_reports(number: int) -> str:
    """How many reports share a text."""
    return f"in {things(number, 'report')}"


def campaigns_told(shown: int, rows: int) -> str | None:
    """How many of the campaigns have a card."""
    return f"The first {count(shown)} of them are looked at one by one below." if shown < rows else None
