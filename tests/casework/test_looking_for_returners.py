"""New accounts are searched for where there is a reason; what is found are hypotheses, kept with their origin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from tests.casework.case import NOW, account, case, report
from tests.casework.deciding import fresh
from tests.casework.linking import WHY, staff, suspended, the_policy

from ostrakon.analysis.returners import Explanation, Neighbour, Rate, Returners, Sign
from ostrakon.analysis.tables import LINKS
from ostrakon.casework.actions.judge_link import judge_link
from ostrakon.casework.actions.look_for_returners import look_for_returners
from ostrakon.casework.actions.reverse import overturn
from ostrakon.casework.models import Case, Decision
from ostrakon.intake.models import Account, Follow, Handle, Profile
from ostrakon.ledger.models import Entry
from ostrakon.triage import returners
from ostrakon.triage.models import Link, LinkSearch

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FRIENDS = [f"friend{n}" for n in range(12)]


def shows(of: Account, handle: str, *, bio: str = "", follows: list[str] | None = None) -> None:
    """What the platform told of an account."""
    Handle.objects.create(account=of, handle=handle, first_seen_at=NOW, last_seen_at=NOW)
    told = NOW - DAY
    Profile.objects.create(account=of, display_name=handle.title(), bio=bio, seen_at=told, told_at=told)
    Follow.objects.bulk_create(Follow(account=of, followee=f, seen_at=told) for f in follows or [])


def suspended_long_ago(name: str, **told: Any) -> Decision:
    made = suspended(name, created_at=NOW - 200 * DAY, in_force_at=NOW - 20 * DAY)
    shows(made.account, **told)
    return made


def came(name: str, *, days_ago: float = 5, is_reported: bool = True, **told: Any) -> Account:
    made = account(name)
    Account.objects.filter(pk=made.pk).update(created_at=NOW - days_ago * DAY)
    shows(made, **told)
    if is_reported:
        case(made, the_policy())
        report(made, "alice")
    return made


@pytest.fixture
def crowd() -> None:
    """Others, suspended and new, with nothing in common."""
    for n in range(30):
        suspended_long_ago(f"old{n}", handle=f"{chr(97 + n % 26)}{n * 7919}", follows=[f"x{n}a", f"x{n}b"])
        came(f"new{n}", handle=f"{n * 104_729}{chr(98 + n % 24)}", follows=[f"y{n}a", f"y{n}b"])


@pytest.fixture
def mallory(crowd: None) -> Decision:
    return suspended_long_ago("mallory", handle="zubayr_qx", bio="truth zq.example", follows=FRIENDS)


def found() -> list[tuple[str, str]]:
    links = Link.objects.order_by("pk")
    return list(links.values_list("account__external_id", "suspended_account__external_id"))


def test_who_came_back_is_suggested_and_nobody_else(mallory: Decision) -> None:
    came("mallory2", handle="zubayr_qx2", bio="truth zq.example", follows=FRIENDS)
    (search,) = look_for_returners(NOW)
    assert found() == [("mallory2", "mallory")]
    link = Link.objects.get()
    assert (link.status, link.rank, link.search) == ("open", 1, search)
    assert set(link.evidence) == {"signs_for", "signs_against", "neighbours", "nearest", "base_rate"}
    assert (search.suspended, search.new, search.links) == (31, 31, 1)
    assert search.parameters["returners"]["seed"] == 0
    entry = Entry.objects.get(kind="links_searched")
    assert f'"inputs":"{search.input_sha256}"' in entry.body
    assert "mallory" not in entry.body


def test_a_search_decides_nothing(mallory: Decision) -> None:
    came("mallory2", handle="zubayr_qx2", bio="truth zq.example", follows=FRIENDS)
    before = list(Case.objects.order_by("pk").values()), list(Decision.objects.order_by("pk").values())
    look_for_returners(NOW)
    assert (
        list(Case.objects.order_by("pk").values()),
        list(Decision.objects.order_by("pk").values()),
    ) == before


def test_it_searches_again_only_for_what_is_new(mallory: Decision) -> None:
    look_for_returners(NOW)
    assert look_for_returners(NOW) == []
    came("mallory2", handle="zubayr_qx2", bio="truth zq.example", follows=FRIENDS)
    (search,) = look_for_returners(NOW)
    assert search.new == 1
    assert found() == [("mallory2", "mallory")]


def test_who_was_not_reported_is_searched_for_only_near_a_suspended_community(mallory: Decision) -> None:
    look_for_returners(NOW)
    came("near", is_reported=False, handle="somebodyelse", follows=FRIENDS[:5])
    came("far", is_reported=False, handle="zubayr_qx3", follows=["z1", "z2"])
    Profile.objects.filter(account__external_id__in=["near", "far"]).update(told_at=NOW)
    (search,) = look_for_returners(NOW + DAY)
    assert search.new == 1


def test_who_is_old_or_suspended_is_not_searched_for(mallory: Decision) -> None:
    look_for_returners(NOW)
    came("grown", handle="zubayr_qx2", days_ago=400, follows=FRIENDS)
    report(mallory.account, "alice")
    (search,) = look_for_returners(NOW)
    assert (search.new, found()) == (0, [])


def test_accounts_of_another_platform_are_another_search(mallory: Decision) -> None:
    other = came("mallory2", handle="zubayr_qx2", bio="truth zq.example", follows=FRIENDS)
    Account.objects.filter(pk=other.pk).update(platform="elsewhere")
    look_for_returners(NOW)
    assert found() == []


def test_what_people_saw_otherwise_is_never_suggested_again(mallory: Decision) -> None:
    new = came("mallory2", handle="zubayr_qx2", bio="truth zq.example", follows=FRIENDS)
    look_for_returners(NOW)
    judge_link(staff()[0], Link.objects.get().pk, "different", WHY, NOW)
    report(new, "bob")
    (search,) = look_for_returners(NOW + DAY)
    assert (search.new, search.links, search.reviews) == (1, 0, 1)
    assert Link.objects.count() == 1


def test_what_a_reinstatement_revoked_is_never_suggested_again(mallory: Decision) -> None:
    new = came("mallory2", handle="zubayr_qx2", bio="truth zq.example", follows=FRIENDS)
    look_for_returners(NOW)
    overturn(staff()[2], mallory.pk, "It was satire.", NOW)
    report(new, "bob")
    look_for_returners(NOW)
    assert [fresh(link).status for link in Link.objects.all()] == ["revoked"]


def test_an_expired_link_may_be_found_anew(mallory: Decision) -> None:
    new = came("mallory2", handle="zubayr_qx2", bio="truth zq.example", follows=FRIENDS)
    look_for_returners(NOW)
    Link.objects.update(status="expired", evidence=None)
    report(new, "bob")
    look_for_returners(NOW)
    assert list(Link.objects.order_by("pk").values_list("status", flat=True)) == ["expired", "open"]


# What the science says, with its place taken


def explained(account: str, suspended_account: str) -> Explanation:
    many = tuple(Neighbour(f"n{n}", n, True) for n in range(100))
    return Explanation(account, suspended_account, (Sign("handle", "a", "b", 1.0),), (), many, None, 0.1)


def says(rows: list[tuple[str, str, int, float]], **fields: Any) -> Returners:
    links = pl.DataFrame(
        [(*row, 0.04, "handle;neighbours") for row in rows], schema=LINKS.names, orient="row"
    )
    defaults: dict[str, Any] = {"placebo_rate": Rate(0.03, 0.01, 0.06), "switched_off": None}
    return Returners(links, pl.DataFrame(), base_rate=0.1, counts={}, parameters={}, _explain=explained,
                     **{**defaults, **fields})  # fmt: skip


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> list[Decision]:
    """Five are suspended; the science suggests three for one new account, others later."""
    old = [suspended_long_ago(f"s{n}", handle=f"h{n}") for n in range(5)]
    came("new", handle="h")
    answers = [
        [("new", f"s{n}", n + 1, 0.9) for n in range(3)],
        [("new", f"s{n}", n - 1, 0.8) for n in (2, 3, 4)],
    ]
    monkeypatch.setattr(returners, "find_returners", lambda *_, **__: says(answers.pop(0)))
    return old


def test_three_hypotheses_wait_however_often_it_is_searched(three: list[Decision]) -> None:
    look_for_returners(NOW)
    report(Account.objects.get(external_id="new"), "bob")
    (search,) = look_for_returners(NOW)
    assert (search.links, len(found())) == (0, 3)


def test_a_judged_one_makes_room_for_another(three: list[Decision]) -> None:
    look_for_returners(NOW)
    judge_link(staff()[0], Link.objects.get(rank=2).pk, "different", WHY, NOW)
    report(Account.objects.get(external_id="new"), "bob")
    look_for_returners(NOW)
    assert [pair[1] for pair in found()] == ["s0", "s1", "s2", "s3"]
    assert set(Link.objects.filter(status="open").values_list("rank", flat=True)) == {1, 2, 3}


def test_who_was_reinstated_while_it_searched_is_linked_to_nobody(
    three: list[Decision], monkeypatch: pytest.MonkeyPatch
) -> None:
    lena, searching = staff()[2], returners.find_returners

    def reinstated_meanwhile(*args: Any, **named: Any) -> Returners:
        overturn(lena, three[0].pk, "It was satire.", NOW)
        return searching(*args, **named)

    monkeypatch.setattr(returners, "find_returners", reinstated_meanwhile)
    look_for_returners(NOW)
    assert [pair[1] for pair in found()] == ["s1", "s2"]


def test_suggestions_that_switched_themselves_off_are_not_kept(
    three: list[Decision], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [("new", "s0", 1, 0.9)]
    off = says(rows, switched_off="the placebo finds too many", placebo_rate=Rate(0.4, 0.2, 0.6))
    monkeypatch.setattr(returners, "find_returners", lambda *_, **__: off)
    (search,) = look_for_returners(NOW)
    assert (search.links, search.switched_off, search.placebo_rate) == (0, "the placebo finds too many", 0.4)
    assert found() == []
    assert '"switched_off":true' in Entry.objects.get(kind="links_searched").body


def test_few_neighbours_are_kept_with_a_link(three: list[Decision]) -> None:
    look_for_returners(NOW)
    assert len(Link.objects.earliest("pk").evidence["neighbours"]) == 20


def test_nobody_is_searched_for_where_nobody_is_suspended() -> None:
    came("new", handle="h")
    assert look_for_returners(NOW) == []
    assert not LinkSearch.objects.exists()
