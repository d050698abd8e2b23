"""Of who is reported or suspended, their own platform is asked how they show themselves; of nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.enforcement.platform_case import SOON, Town, connect

from ostrakon.enforcement.profiles import AGAIN, LATER, LONGEST_BIO, RECENT, ask_for_profiles
from ostrakon.enforcement.reading import read_platforms
from ostrakon.intake.models import Account, Follow, Handle, Profile
from ostrakon.platforms.fake.faults import Fault
from ostrakon.platforms.fake.rules import MILD
from ostrakon.platforms.fake.service import Account as Theirs

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    return connect(monkeypatch, MILD)


def somebody(town: Town, handle: str = "chidi", **shown: object) -> Theirs:
    """Somebody lives there, and shows themselves so; they are reported."""
    account = town.service.register(handle)
    for name, value in shown.items():
        setattr(account, name, value)
    town.service.report(town.service.register(f"{handle}-reporter").id, account.id, "spam")
    return account


def reported(town: Town) -> None:
    """What was reported there is read."""
    town.connection.read_next_at = None
    town.connection.save(update_fields=["read_next_at"])
    read_platforms(timezone.now(), town.lines)


def test_a_reported_account_is_known_as_it_shows_itself(town: Town) -> None:
    chidi = somebody(town, display_name="Chidi", bio="Bakes bread.", follows=("u7", "u8"))
    reported(town)
    assert ask_for_profiles(SOON, town.lines) == 1
    ours = Account.objects.get(external_id=chidi.id)
    assert (ours.profile.display_name, ours.profile.bio) == ("Chidi", "Bakes bread.")
    assert ours.profile.seen_at == SOON
    assert Handle.objects.get(account=ours, is_current=True).handle == "chidi"
    assert set(Follow.objects.values_list("account", "followee", "kind")) == {
        (ours.pk, "u7", "follow"),
        (ours.pk, "u8", "follow"),
    }


def test_nobody_else_is_asked_about(town: Town) -> None:
    """Who reports is an account there too, and so is whom somebody follows."""
    chidi = somebody(town, follows=("u7",))
    reported(town)
    town.account("known-otherwise")
    ask_for_profiles(SOON, town.lines)
    assert [*Profile.objects.values_list("account__external_id", flat=True)] == [chidi.id]


def test_who_is_suspended_is_asked_about_without_a_report(town: Town) -> None:
    whose = town.account()
    assert ask_for_profiles(SOON, town.lines) == 0
    town.decide(whose)
    assert ask_for_profiles(SOON, town.lines) == 1


def test_nobody_is_asked_about_twice_in_a_month(town: Town) -> None:
    town.decide(town.account())
    assert ask_for_profiles(SOON, town.lines) == 1
    assert ask_for_profiles(SOON + AGAIN / 2, town.lines) == 0
    assert ask_for_profiles(SOON + AGAIN, town.lines) == 1


def test_what_a_rule_erased_is_not_fetched_again(town: Town) -> None:
    somebody(town)
    reported(town)
    ask_for_profiles(SOON, town.lines)
    Profile.objects.all().delete()
    assert ask_for_profiles(timezone.now() + RECENT + timedelta(minutes=1), town.lines) == 0


def test_who_is_gone_is_not_asked_about_again_and_again(town: Town) -> None:
    chidi = somebody(town)
    reported(town)
    del town.service.accounts[chidi.id]
    assert ask_for_profiles(SOON, town.lines) == 1
    assert Profile.objects.get().display_name == ""
    assert ask_for_profiles(SOON + timedelta(minutes=1), town.lines) == 0


def test_one_that_cannot_be_understood_holds_up_no_other(town: Town) -> None:
    somebody(town, "chidi", display_name="Chidi")
    odd = somebody(town, "odd", display_name="Odd")
    reported(town)
    town.service.faults.order(Fault.HTML, 1, everywhere=True, about=odd.id)
    assert ask_for_profiles(SOON, town.lines) == 2
    shown = dict(Profile.objects.values_list("account__external_id", "display_name"))
    assert sorted(shown.values()) == ["", "Chidi"]


def test_one_that_could_not_be_understood_is_asked_about_the_next_day(town: Town) -> None:
    odd = somebody(town, display_name="Odd")
    reported(town)
    town.service.faults.order(Fault.HTML, 1, everywhere=True, about=odd.id)
    ask_for_profiles(SOON, town.lines)
    assert ask_for_profiles(SOON + LATER / 2, town.lines) == 0
    assert ask_for_profiles(SOON + LATER, town.lines) == 1
    assert Profile.objects.get().display_name == "Odd"


def test_a_platform_that_asks_to_wait_is_asked_again_and_nothing_is_wrong_with_it(town: Town) -> None:
    somebody(town, display_name="Chidi")
    reported(town)
    town.service.faults.order(Fault.LIMIT, 1, everywhere=True)
    assert ask_for_profiles(SOON, town.lines) == 0
    town.connection.refresh_from_db()
    assert town.connection.problem == ""
    assert ask_for_profiles(SOON, town.lines) == 1
    assert Profile.objects.get().display_name == "Chidi"


def test_a_platform_that_is_away_is_asked_when_it_is_back(town: Town) -> None:
    somebody(town)
    reported(town)
    town.service.faults.order(Fault.CUT_BEFORE, 9, everywhere=True)
    assert ask_for_profiles(SOON, town.lines) == 0
    town.connection.refresh_from_db()
    assert town.connection.problem
    town.service.faults.clear()
    assert ask_for_profiles(SOON, town.lines) == 1


def test_a_dead_token_halts_the_connection_and_nothing_is_asked(town: Town) -> None:
    somebody(town)
    reported(town)
    town.service.faults.order(Fault.UNAUTHORISED, 9, everywhere=True)
    assert ask_for_profiles(SOON, town.lines) == 0
    town.connection.refresh_from_db()
    assert town.connection.halted_at == SOON
    assert ask_for_profiles(SOON, town.lines) == 0


def test_a_connection_that_is_off_asks_nothing(town: Town) -> None:
    somebody(town)
    reported(town)
    town.switch("off")
    assert ask_for_profiles(SOON, town.lines) == 0


def test_whatever_somebody_writes_about_themselves_can_be_kept(town: Town) -> None:
    somebody(
        town,
        display_name="N\x00body \ud800",
        bio="x" * (LONGEST_BIO + 1),
        follows=("", "a\x00b", "x" * 513, "u7"),
    )
    reported(town)
    ask_for_profiles(SOON, town.lines)
    kept = Profile.objects.get()
    assert kept.display_name == "N\ufffdbody ?"
    assert len(kept.bio) == LONGEST_BIO
    assert [*Follow.objects.values_list("followee", flat=True)] == ["u7"]
