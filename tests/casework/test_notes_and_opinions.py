"""Notes beside a case, and blind second opinions: who says something has a part, who knows too much is not asked."""

from __future__ import annotations

import pytest
from tests.casework.case import NOW, account, case, decision_in_force, person, policy
from tests.casework.deciding import proposed_suspension, warning

from ostrakon.analysis.agreement import agreement
from ostrakon.casework.actions.approve import approve
from ostrakon.casework.actions.claim import claim
from ostrakon.casework.actions.note import LONGEST_NOTE, write_note
from ostrakon.casework.actions.opinion import ask_opinion, give_opinion, is_blind
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.models import Case, Note, Offer, Opinion, Participation, Person
from ostrakon.casework.opinions_table import opinions_as_table
from ostrakon.errors import NotInThisState, NotPermitted, NotThere, TookPart, Unfit
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine() -> Case:
    return case(account("mallory", email="mallory@example.org"), policy())


@pytest.fixture
def bram() -> Person:
    return person("bram", "reviewer")


@pytest.fixture
def dora() -> Person:
    return person("dora", "approver")


def parts(who: Person) -> list[str]:
    return list(Participation.objects.filter(person=who).values_list("part", flat=True))


# Notes


def test_a_note_stands_beside_the_case_and_the_record_has_its_number_and_no_word_of_it(
    mine: Case, bram: Person
) -> None:
    note = write_note(bram, mine.pk, "  looks like satire  ", NOW)
    assert (note.text, note.author, note.case) == ("looks like satire", bram, mine)
    entry = Entry.objects.latest("number")
    assert entry.kind == "note_written"
    assert "satire" not in entry.body


@pytest.mark.parametrize("text", ["", "   ", "x" * (LONGEST_NOTE + 1), "nul \0"])
def test_a_note_without_fitting_words_is_refused(text: str, mine: Case, bram: Person) -> None:
    with pytest.raises(Unfit):
        write_note(bram, mine.pk, text, NOW)
    assert not Note.objects.exists()


def test_who_writes_a_note_while_a_proposal_waits_has_a_part_in_it(
    mine: Case, bram: Person, dora: Person
) -> None:
    proposed_suspension(dora, mine)
    write_note(bram, mine.pk, "they wrote the same to me", NOW)
    write_note(bram, mine.pk, "and again", NOW)
    assert parts(bram) == ["note"]


def test_a_note_beside_what_is_in_force_gives_no_part_in_it(mine: Case, bram: Person, dora: Person) -> None:
    decision_in_force(mine, dora, person("eve", "approver"))
    write_note(bram, mine.pk, "the account is quiet since", NOW)
    assert parts(bram) == []


def test_who_wrote_a_note_before_has_a_part_in_what_is_decided_later(
    mine: Case, bram: Person, dora: Person
) -> None:
    write_note(bram, mine.pk, "looks like satire", NOW)
    propose(dora, warning(mine), NOW)
    assert parts(bram) == ["note"]


# Opinions


def test_a_colleague_is_asked_and_answers_without_having_seen_the_decision(
    mine: Case, bram: Person, dora: Person
) -> None:
    proposed_suspension(bram, mine)
    ask_opinion(bram, mine.pk, dora, NOW)
    assert is_blind(dora, mine)
    assert not is_blind(bram, mine)
    opinion = give_opinion(dora, mine.pk, "rejected", NOW)
    assert (opinion.outcome, opinion.given_at) == ("rejected", NOW)
    assert not is_blind(dora, mine)
    assert Entry.objects.latest("number").kind == "opinion_given"


def test_who_gives_an_opinion_has_a_part_in_the_decision_that_is_there(
    mine: Case, bram: Person, dora: Person
) -> None:
    proposed_suspension(bram, mine)
    ask_opinion(bram, mine.pk, dora, NOW)
    give_opinion(dora, mine.pk, "upheld", NOW)
    assert parts(dora) == ["opinion"]


def test_who_gave_an_opinion_has_a_part_in_the_decision_that_comes(
    mine: Case, bram: Person, dora: Person
) -> None:
    ask_opinion(bram, mine.pk, dora, NOW)
    give_opinion(dora, mine.pk, "upheld", NOW)
    propose(bram, warning(mine), NOW)
    assert parts(dora) == ["opinion"]


def test_who_had_a_part_or_saw_the_decision_is_not_asked(mine: Case, bram: Person) -> None:
    eve, femi, gita = (person(name, "approver") for name in ("eve", "femi", "gita"))
    decision_in_force(mine, eve, femi)
    write_note(gita, mine.pk, "a note", NOW)
    hana = person("hana", "reviewer")
    Offer.objects.create(case=mine, person=hana, at=NOW, selection="queue", propensity=1)
    ivan = person("ivan", "reviewer")
    claim(ivan, mine.pk, NOW)
    for colleague in (eve, femi, gita, hana, ivan):
        with pytest.raises(TookPart):
            ask_opinion(bram, mine.pk, colleague, NOW)
    assert not Opinion.objects.exists()


def test_who_learns_of_the_decision_meanwhile_does_not_answer(mine: Case, bram: Person, dora: Person) -> None:
    ask_opinion(bram, mine.pk, dora, NOW)
    proposed_suspension(dora, mine)
    with pytest.raises(TookPart):
        give_opinion(dora, mine.pk, "upheld", NOW)


def test_one_is_asked_by_somebody_else_who_works_on_cases_once(
    mine: Case, bram: Person, dora: Person
) -> None:
    for colleague in (bram, person("ada", "auditor"), person("gus", "administrator")):
        with pytest.raises(Unfit):
            ask_opinion(bram, mine.pk, colleague, NOW)
    ask_opinion(bram, mine.pk, dora, NOW)
    with pytest.raises(NotInThisState):
        ask_opinion(bram, mine.pk, dora, NOW)


def test_an_opinion_is_given_once_by_who_was_asked_in_one_of_three_words(
    mine: Case, bram: Person, dora: Person
) -> None:
    with pytest.raises(NotThere):
        give_opinion(dora, mine.pk, "upheld", NOW)
    ask_opinion(bram, mine.pk, dora, NOW)
    with pytest.raises(Unfit):
        give_opinion(dora, mine.pk, "guilty", NOW)
    give_opinion(dora, mine.pk, "unclear", NOW)
    with pytest.raises(NotInThisState):
        give_opinion(dora, mine.pk, "upheld", NOW)
    assert Opinion.objects.get().outcome == "unclear"


def test_who_does_not_work_on_cases_neither_asks_nor_answers(mine: Case, bram: Person) -> None:
    ada = person("ada", "auditor")
    with pytest.raises(NotPermitted):
        ask_opinion(ada, mine.pk, bram, NOW)
    with pytest.raises(NotPermitted):
        give_opinion(ada, mine.pk, "upheld", NOW)
    with pytest.raises(NotPermitted):
        write_note(ada, mine.pk, "hm", NOW)


# Agreement


def test_agreement_is_that_of_blind_opinions_with_the_first_proposal(
    mine: Case, bram: Person, dora: Person
) -> None:
    eve = person("eve", "approver")
    ask_opinion(bram, mine.pk, dora, NOW)
    give_opinion(dora, mine.pk, "rejected", NOW)
    proposed = proposed_suspension(bram, mine)
    approve(eve, proposed.pk, NOW)
    assert opinions_as_table().rows() == [
        (str(mine.pk), str(dora.pk), "rejected"),
        (str(mine.pk), str(bram.pk), "upheld"),
    ]
    found = agreement(opinions_as_table())
    assert found.share is not None
    assert (found.cases, found.share.value) == (1, 0.0)


def test_cases_without_a_second_opinion_say_nothing_about_agreement(mine: Case, bram: Person) -> None:
    proposed_suspension(bram, mine)
    assert opinions_as_table().is_empty()
    assert agreement(opinions_as_table()).cases == 0
