"""The sentences of the page about returners; those that every page needs stand in ``wording``."""

from __future__ import annotations

from ostrakon.pages.rounding import NBSP, count, is_known, observed, percent
from ostrakon.pages.wording import things

TITLE = "Who may have come back"
LINKS, LINKS_TITLE = "Links", "What speaks for each link, and what against"
TABLE, TABLE_TITLE = "Table", "All that was found"
GROUPS, GROUPS_TITLE = "Names", "Is it fair to every kind of name?"
HOW_TO = (
    (
        "A link is a hypothesis, and nothing acts on it.",
        "A person looks at what speaks for it and against it, and may say that they cannot tell: that means no link.",
    ),
    (
        "Fans, namesakes, parodists and those who fight an account look like it.",
        "So do relatives and friends. None of the numbers can tell a tribute from a return; only people can.",
    ),
    (
        "The false-link rate is a lower bound.",
        "It is the share of wrong links among those that look as good, found by searching accounts that were never "
        "suspended. Whoever is drawn to suspended accounts only is not among those.",
    ),
    (
        "Bits say how much more often something is seen between an account and its return than between strangers.",
        "One bit is twice as often. They explain; they are not added up to the probability.",
    ),
)
COUNTED = {
    "new": "New accounts",
    "suspended": "Suspended accounts",
    "placebo": "Never suspended, searched too",
    "verdicts_used": "Verdicts of people used",
    "pairs": "Pairs compared",
    "linked_accounts": "New accounts with a link",
    "links": "Links",
    "suggested": "of which suggested",
}
"""Of the counts that a search may give; those that it does not give are not shown."""
MAY_BE = "may be the return of"
FOR, AGAINST = "Speaks for one person", "Speaks against, or for caution"
NOTHING_FOR, NOTHING_AGAINST = "Nothing clear.", "Nothing was found. That is no proof: little may be known."
CHANNELS = {
    "handle": "handle",
    "display name": "display name",
    "bio": "bio",
    "neighbours": "neighbours",
    "avatar": "picture",
    "time": "time, which alone links nobody",
    "polarity": "how they meet",
}
NEIGHBOURS = "Rare neighbours of both"
NEIGHBOURS_HEAD = ("Account", "How", "Followed by")
BOTH_FOLLOW_IT, IT_FOLLOWS_BOTH = "both follow it", "it follows both"
NO_NEIGHBOURS = "They share no rare neighbour."
NO_ALTERNATIVE = "No other suspended account comes near."
NOT_KNOWN = "cannot tell"
LINKS_LEAD = "Evidence first, then the number. What both accounts show is quoted as it is: words of others."
NO_LINKS = "No link was suggested."
TABLE_HEAD = ("Account", "Suspended account", "Rank", "Kind", "Channels", "Probability", "False-link rate")
SUGGESTED, POSSIBLE = "suggested", "possible"
IS_SUGGESTED, IS_POSSIBLE = "It is suggested.", "It is possible, and not suggested."
TABLE_CAPTION = "Links, by account and rank"
GROUPS_LEAD = (
    "Common names collide more often, and which names are common differs between scripts. So the share of wrong links "
    "is estimated for each group of names by itself, and suggestions switch themselves off where it is too high."
)
GROUPS_HEAD = ("Names", "New accounts", "Linked", "Linked in the placebo", "False-link rate", "Suggestions")
GROUPS_CAPTION = "Links by script and commonness of names"
NO_GROUPS = "Without a placebo nothing can be said about single groups."
ON, OFF = "on", "switched off"
ALL_IN_FILE = "All of them stand in links.csv, with their evidence in links.ndjson."


def lead(new: int, suspended: int, links: int) -> str:
    """What this page is."""
    return (
        f"This page compares {things(new, 'new account')} with {things(suspended, 'suspended account')} and shows "
        f"{things(links, 'link')} that a person may look at. Each says what speaks for it and what against, and how "
        "often such links are wrong."
    )


def suggested(rate: float) -> tuple[str, str]:
    """What the two kinds of links are."""
    return (
        f"A link is suggested where at most {observed(rate)} of its like are stated to be wrong.",
        "All others are possible: look at them if you can, for verdicts on them teach most. Where a new account speaks "
        "about the suspended one, as fans and parodies do, nobody can tell how many are wrong.",
    )


def switched_off(why: str) -> str:
    """At the top, where nothing is suggested."""
    return f"Suggestions are switched off: {why}"


def bits(number: float) -> str:
    """``+3.2 bits``."""
    sign = "+" if number >= 0 else "−"
    return f"{sign}{abs(number):.1f}{NBSP}bits"


def popular(accounts: int | None) -> str | None:
    """How rare it is what both share."""
    if accounts is None:
        return None
    return f"carried by {things(accounts, 'account')} of this search"


def base_rate(share: float | None) -> str:
    """How rare returns are at all."""
    if share is None or not is_known(share):
        return "How many of the new accounts are returns at all cannot be told here."
    return f"Of all new accounts of this search, about {observed(share)} are returns."


def nearest(probability: float) -> str:
    """Beside the name of the suspended account that comes next."""
    return f"comes next, at {percent(probability)}"


def false_link_rate(share: float | None) -> str:
    """What is said about links like this one."""
    if share is None or not is_known(share):
        return "How many links like this one are wrong cannot be told."
    return f"Of the links that look as good, at least {observed(share)} are wrong."


def shown_of(shown: int, links: int) -> str:
    """How many of the links have a card."""
    if shown >= links:
        return ALL_IN_FILE
    return f"The first {count(shown)} of {things(links, 'link')}, the most probable first. {ALL_IN_FILE}"
