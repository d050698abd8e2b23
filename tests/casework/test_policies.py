"""Policies are written in versions; nothing of them goes away, and every change is on the record."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.casework.case import NOW, person
from tests.casework.deciding import fresh, open_case, warning

from ostrakon.casework.actions.policies import Terms, Wording, add_policy, retire, revise
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.models import Person, Policy
from ostrakon.errors import NotInThisState, NotPermitted, NotThere, Unfit
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db
TERMS = Terms(severity=0.8, deadline_hours=24)
WORDINGS = (
    Wording("en", "Threats", "Do not threaten anybody.", "Terms, 3.2"),
    Wording("fr-CA", "Menaces", "Ne menacez personne."),
)


@pytest.fixture
def lena() -> Person:
    return person("lena", "safety_lead")


def test_a_policy_is_added_with_its_terms_and_its_first_words(lena: Person) -> None:
    policy = add_policy(lena, "threats", TERMS, WORDINGS, NOW)
    version = policy.versions.get()
    assert (policy.severity, policy.deadline_hours, version.number) == (0.8, 24, 1)
    assert set(version.texts.values_list("language", "title", "reference")) == {
        ("en", "Threats", "Terms, 3.2"),
        ("fr-CA", "Menaces", ""),
    }
    entry = json.loads(Entry.objects.get(kind="policy_changed").body)
    assert (entry["actor"], entry["facts"]["severity"], entry["facts"]["version"]) == (lena.actor, 0.8, 1)


def test_a_new_version_leaves_the_old_one_with_what_was_decided_under_it(lena: Person) -> None:
    on = open_case()
    decision = propose(lena, warning(on), NOW)
    revise(lena, on.policy_id, replace(TERMS, severity=1.0), WORDINGS, NOW)
    assert fresh(on.policy).severity == 1
    assert [v.number for v in on.policy.versions.order_by("number")] == [1, 2]
    assert fresh(decision).policy_version.number == 1
    assert propose(lena, warning(fresh(on)), NOW).policy_version.number == 2


def test_a_retired_policy_stays_and_is_not_changed_any_more(lena: Person) -> None:
    policy = add_policy(lena, "threats", TERMS, WORDINGS, NOW)
    retire(lena, policy.pk, NOW)
    assert fresh(policy).retired_at == NOW
    for again in (
        lambda: retire(lena, policy.pk, NOW),
        lambda: revise(lena, policy.pk, TERMS, WORDINGS, NOW),
        lambda: add_policy(lena, "threats", TERMS, WORDINGS, NOW),
    ):
        with pytest.raises(NotInThisState):
            again()


def test_the_policy_for_reports_that_name_none_is_there_from_the_start_and_stays(lena: Person) -> None:
    policy = Policy.objects.get(code=Policy.UNSPECIFIED)
    texts = policy.versions.get(number=1).texts
    assert policy.severity == 0.3
    assert set(texts.values_list("language", flat=True)) == {"en", "fr", "ar"}
    with pytest.raises(NotInThisState, match="need this one"):
        retire(lena, policy.pk, NOW)


@pytest.mark.parametrize(
    "terms",
    [
        replace(TERMS, severity=1.1),
        replace(TERMS, severity=-0.1),
        replace(TERMS, severity=float("nan")),
        replace(TERMS, deadline_hours=0),
        replace(TERMS, priority_deadline_hours=10**9),
        replace(TERMS, strike_days=0),
    ],
)
def test_terms_that_make_no_sense_are_refused(lena: Person, terms: Terms) -> None:
    with pytest.raises(Unfit):
        add_policy(lena, "threats", terms, WORDINGS, NOW)


@pytest.mark.parametrize(
    "wordings",
    [
        (),
        (WORDINGS[0], WORDINGS[0]),
        (replace(WORDINGS[0], language="EN"), WORDINGS[0]),
        (replace(WORDINGS[0], language="english, please"),),
        (replace(WORDINGS[0], language="x" * 36),),
        (replace(WORDINGS[0], title=" "),),
        (replace(WORDINGS[0], text=""),),
        (replace(WORDINGS[0], reference="x" * 501),),
    ],
)
def test_words_that_make_no_sense_are_refused_and_nothing_is_kept(
    lena: Person, wordings: tuple[Wording, ...]
) -> None:
    with pytest.raises(Unfit):
        add_policy(lena, "threats", TERMS, wordings, NOW)
    assert not Policy.objects.filter(code="threats").exists()


def test_only_a_safety_lead_writes_policies() -> None:
    for role in ("reviewer", "approver", "appeals", "auditor", "administrator"):
        with pytest.raises(NotPermitted):
            add_policy(person(role, role), "threats", TERMS, WORDINGS, NOW)


def test_a_policy_that_there_is_not_cannot_be_changed(lena: Person) -> None:
    with pytest.raises(NotThere):
        revise(lena, 4711, TERMS, WORDINGS, NOW)
