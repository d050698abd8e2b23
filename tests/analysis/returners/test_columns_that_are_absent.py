"""A platform that gives no pictures, bios or follows: links are learned from what there is."""

from __future__ import annotations

import pytest

from ostrakon.analysis.returners import find_returners
from ostrakon.worlds.returners import returners


@pytest.mark.parametrize(
    "absent", [["avatar_hash"], ["bio", "display_name"], ["avatar_hash", "bio", "display_name"]]
)
def test_links_are_learned_where_no_account_has_it(absent: list[str]) -> None:
    of = returners("exchangeable", 3, accounts=1_000)
    found = find_returners(
        of.suspended.drop(absent, strict=False),
        of.new.drop(absent, strict=False),
        follows=of.follows,
        placebo=of.placebo.drop(absent, strict=False),
    )
    assert (
        found.links["false_link_rate"].count() > 0.9 * found.links.height
    )  # of doubtful ones it cannot be told
    assert found.links.height > 0
