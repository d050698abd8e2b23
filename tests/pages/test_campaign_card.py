"""A campaign is told in plain words first, for and against, and every picture has its numbers beside it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pages.names import HOSTILE
from tests.pages.reading import Element, read
from tests.pages.sample_campaigns import CAMPAIGN_CARDS, LIST, ONE_TARGET, RING

from ostrakon.pages import wording_of_campaigns as words
from ostrakon.pages.campaign import BURSTS, MEMBERS, TARGETS, CampaignCard, Channel, Evidence, Member, Target
from ostrakon.pages.campaign_card import EXAMPLES, campaign_card
from ostrakon.pages.campaign_charts import DOTS, WIDE, axis_of, lanes_of
from ostrakon.pages.links import Anchors
from ostrakon.pages.texts import LONGEST

HOUR = 3600.0


def told(card: CampaignCard) -> Element:
    return read(campaign_card(card, Anchors(), unfolded=True)).one("article")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def against(card: CampaignCard) -> str:
    return plain(told(card).one("div", "reasons").all("ul")[1].text)


def marks(path: Element) -> int:
    return str(path.attributes["d"]).count("M")


def lane(account: str, *times: tuple[float, bool]) -> Target:
    by_members = [at for at, member in times if member]
    return Target(account, len(by_members), min(by_members), max(by_members), len(times), None, times)


# In words


def test_the_first_thing_said_is_what_was_seen_beside_what_chance_would_bring() -> None:
    card = told(replace(RING, seen=214, expected=3.1))
    parts = [e for e in card.children if isinstance(e, Element)]
    assert parts[1].attributes["class"] == "seen"
    assert re.fullmatch(
        r"30 reporters reported the same 12 accounts within \d+ minutes of each other, again and again\. "
        r"214 times somebody came back to a further account of these; "
        r"by chance that would have happened about 3 times\.",
        plain(parts[1].text),
    )


@pytest.mark.parametrize("card", CAMPAIGN_CARDS, ids=["ring", "list", "one target"])
def test_reasons_for_and_against_stand_before_the_number_and_the_pictures(card: CampaignCard) -> None:
    parts = [e.attributes.get("class") for e in told(card).children if isinstance(e, Element)]
    assert parts[3:] == ["reasons", "number", "unfold"]


def test_a_campaign_that_declares_nothing_is_not_called_malicious() -> None:
    assert words.NOT_MALICIOUS in told(RING).text
    assert words.PROVENANCE not in told(RING).text


def test_a_declared_list_is_provenance_and_names_the_list() -> None:
    card = told(LIST)
    assert words.PROVENANCE in card.text
    reason = card.one("div", "reasons").all("ul")[0].all("li")[-1]
    assert reason.one("bdi", "policy").text == "list:U+202EL1"


def test_a_shared_interest_speaks_against() -> None:
    assert "2.6 times as often as strangers" in against(replace(RING, interest=2.6))
    assert "shared interest" not in against(replace(RING, interest=1.4))
    assert "shared interest" not in against(replace(RING, interest=None))


def test_having_been_right_speaks_against() -> None:
    assert "Of 44 decided targets, 91 % broke the policy" in against(LIST)
    assert "broke the policy" not in against(replace(LIST, upheld_share=0.2))
    assert "broke the policy" not in against(replace(LIST, decided_targets=0, upheld_share=None))


def test_a_small_group_seen_once_or_twice_speaks_against() -> None:
    assert "Only 4 members" in against(ONE_TARGET)
    assert words.ONLY_TWO_BURSTS in against(ONE_TARGET)
    assert "Only" not in against(RING)


def test_the_least_certain_member_says_how_many_are_named_by_mistake() -> None:
    doubtful = [Member(f"r{n}", 0.1 * n / 40, 2, 0.1) for n in range(1, 41)]
    assert "Of the 40 members, about 4 are probably named by mistake" in against(
        replace(RING, members=doubtful, members_all=40)
    )
    certain = [replace(member, q_value=1e-6) for member in doubtful]
    assert "by mistake" not in against(replace(RING, members=certain, members_all=40))


def test_whether_they_were_right_is_said_also_when_they_were_not() -> None:
    assert "Decided targets: 6 of 12, 17 % of them violations." in plain(told(RING).one("div", "number").text)
    assert "No target is decided yet." in told(ONE_TARGET).one("div", "number").text


def test_a_campaign_on_one_account_is_told_as_one() -> None:
    card = told(ONE_TARGET)
    assert "4 reporters reported the same account within" in card.one("p", "seen").text
    assert "Nobody was seen to come back" in card.one("p", "seen").text
    assert len(card.all("svg", "lane")) == 1
    assert card.all("svg", "returns") == []


def test_what_chance_would_never_bring_is_no_number() -> None:
    card = told(replace(RING, lift=float("inf"), expected=0.0))
    assert card.one("p", "big").text == "never by chance"
    assert "by chance that would have happened less than once" in card.one("p", "seen").text


# Pictures


def test_every_picture_has_a_table_of_its_own() -> None:
    for card in CAMPAIGN_CARDS:
        figures = told(card).all("figure")
        assert figures
        for figure in figures:
            assert figure.all("svg")
            assert figure.one("details").one("table").one("tbody").all("tr")


def test_members_and_others_differ_in_shape_and_not_only_in_colour() -> None:
    drawn = told(RING).all("svg", "lane")[0]
    assert set(re.findall("[hv][0-9.]+", str(drawn.one("path", "rounds").attributes["d"]))) == {"h0"}
    assert set(re.findall("[hv][0-9.]+", str(drawn.one("path", "strokes").attributes["d"]))) == {"v4.5"}


def test_each_report_of_a_member_is_a_mark_of_its_targets_lane() -> None:
    targets = [lane("b", (HOUR, True), (HOUR + 60, True)), lane("a", (0.0, True), (30.0, False))]
    drawn = told(replace(RING, targets=targets, targets_all=2)).all("svg", "lane")
    assert [marks(svg.one("path", "rounds")) for svg in drawn] == [1, 2]
    assert [len(svg.all("path", "strokes")) for svg in drawn] == [1, 0]
    assert "1 report by members and 1 by others" in drawn[0].one("desc").text


def test_targets_stand_in_the_order_in_which_the_campaign_fell_upon_them() -> None:
    targets = [lane("late", (9 * HOUR, True)), lane("early", (HOUR, True)), lane("middle", (5 * HOUR, True))]
    card = told(
        replace(
            RING, targets=targets, targets_all=3, members=RING.members[:2], pairs=[(0, 0), (1, 1), (1, 2)]
        )
    )
    names = [e.one("bdi").text for e in card.one("div", "times").all("span", "name") if e.all("bdi")]
    assert names == ["early", "middle", "late"]
    assert [e.one("desc").text for e in card.all("svg", "cells")] == [
        "Reported target 3",
        "Reported target 1, 2",
    ]


def test_a_square_stands_for_each_pair_once_and_a_point_for_each_other() -> None:
    card = told(replace(RING, members=RING.members[:3], pairs=[(0, 1), (0, 1), (0, 4), (2, 0)]))
    squares = [sum(marks(path) for path in svg.all("path", "squares")) for svg in card.all("svg", "cells")]
    points = [sum(marks(path) for path in svg.all("path", "points")) for svg in card.all("svg", "cells")]
    assert squares == [2, 0, 1]
    assert [s + p for s, p in zip(squares, points, strict=True)] == [12, 12, 12]


def test_a_bar_for_those_who_came_back_stands_beside_a_line_at_chance() -> None:
    svg = told(RING).one("svg", "returns")
    assert len(svg.all("line", "chance")) == 12
    assert len(svg.all("rect")) == sum(burst.returning > 0 for burst in RING.bursts)
    assert f"came back {RING.seen} times" in svg.one("desc").text


@settings(max_examples=50)
@given(st.lists(st.lists(st.tuples(st.floats(0, 1e9), st.booleans()), max_size=8), min_size=1, max_size=4))
def test_no_mark_lies_beyond_the_axis_and_no_report_of_a_member_is_left_out(
    dots: list[list[tuple[float, bool]]],
) -> None:
    targets = [lane("t", (5e8, True), *sorted(times)) for times in dots]
    axis = axis_of(targets)
    lanes = lanes_of(targets, axis)
    assert [len(found.members) for found in lanes] == [target.member_reports for target in targets]
    assert all(0 <= x <= WIDE for found in lanes for x in (*found.members, *found.others))
    assert all(0 <= x <= WIDE for x in axis.lines())


# Bounded


def test_of_ten_thousand_members_the_most_certain_are_shown_and_it_is_said() -> None:
    many = [Member(f"member-{n}", n / 1e5, 2, 0.1) for n in range(10_000)]
    big = replace(RING, members=many, members_all=10_000, pairs=[(n, n % 12) for n in range(10_000)])
    html = campaign_card(big, Anchors())
    card = read(html).one("article")
    assert len(card.all("svg", "cells")) == MEMBERS
    assert "The 25 most certain of 10,000 members are shown." in card.text
    assert "10,000 reporters reported" in card.text
    assert len(html) < len(campaign_card(RING, Anchors())) * 1.1


def test_of_many_targets_and_bursts_the_first_are_shown_and_it_is_said() -> None:
    card = told(LIST)
    assert len(card.all("svg", "lane")) == TARGETS
    assert "The 25 most reported by members of 61 targets are shown." in card.text
    assert len(card.one("svg", "returns").all("line", "chance")) == BURSTS
    assert "The 40 first of 61 bursts are shown." in card.text


def test_a_viral_target_is_drawn_in_part_and_keeps_every_report_of_a_member() -> None:
    crowd = [(n * 0.1, False) for n in range(100_000)]
    viral = Target(
        "viral", 20, 0.0, 10_000.0, 100_020, None, [*crowd, *((n * 500.0, True) for n in range(20))]
    )
    card = told(replace(RING, targets=[viral], targets_all=1))
    drawn = card.one("svg", "lane")
    assert marks(drawn.one("path", "rounds")) == 20
    assert DOTS / 2 <= marks(drawn.one("path", "strokes")) <= DOTS
    assert re.search(r"Of 100,020 reports on these targets 1,\d+ are drawn", card.text)


# Other people's words


def test_a_shared_text_is_folded_and_quoted_and_shortened() -> None:
    text = "please remove " * 50
    channel = Channel("copied text", 0.001, 9.0, 1.0, [Evidence(text, 9)])
    folded = told(replace(RING, channels=[channel])).one("details", "theirs")
    assert "open" not in folded.attributes
    quote = folded.one("q").all("bdi")[0]
    assert quote.attributes["dir"] == "auto"
    assert quote.children[0] == text[:LONGEST]
    assert f"{len(text) - LONGEST} more characters" in quote.text
    assert "in 9 reports" in folded.text


def test_of_many_shared_texts_it_shows_some_and_counts_the_rest() -> None:
    channel = Channel("copied text", 0.001, 9.0, 1.0, [Evidence(f"text {n}", 9) for n in range(40)])
    folded = told(replace(RING, channels=[channel])).one("details", "theirs")
    assert len(folded.all("q")) == EXAMPLES
    assert "and 35 more" in folded.text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_texts_stay_names_and_texts(text: str) -> None:
    def card(name: str) -> Element:
        member, target = replace(RING.members[0], reporter=name), replace(RING.targets[0], account=name)
        channel = Channel(name, 0.5, 1.0, 1.0, [Evidence(name, 3)])
        one = replace(RING, campaign=name, kind=name, declared=name, members=[member], targets=[target])
        return told(replace(one, bursts=[replace(RING.bursts[0], account=name)], channels=[channel]))

    def bones(card: Element) -> list[str]:
        return [e.tag for e in card.all() if e.tag != "bdi" and e.within("bdi") is None]

    assert bones(card(text)) == bones(card("plain"))


def test_a_sign_without_data_is_absent_and_not_zero() -> None:
    card = told(replace(RING, channels=()))
    assert words.NO_SIGNS in card.text
    assert card.all("div", "signs") == []


def test_a_campaign_of_which_little_is_known_is_still_shown() -> None:
    little = CampaignCard("C1", None, None, None, None, 0, 0.0, None, (), 0, (), 0, (), 0, (), 0, None)
    assert "not known" in told(little).one("h3").text
    assert told(little).all("svg") == []


def test_clocks_that_are_wrong_by_millennia_do_no_harm() -> None:
    early, late = -62_135_596_800.0, 253_402_300_799.0
    told(replace(RING, targets=[lane("t", (early, True), (late, True))], targets_all=1))
