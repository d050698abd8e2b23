"""The whole table of roles and acts, written out; a change of permissions is a change here. And the verbs obey it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from tests.casework.batching import plan
from tests.casework.case import NOW, person
from tests.casework.deciding import open_case, warning

from ostrakon.casework.actions.approve import approve, decline
from ostrakon.casework.actions.invite import invite_guest, revoke_invitation
from ostrakon.casework.actions.people import add_person
from ostrakon.casework.actions.policies import Terms, Wording, add_policy, retire, revise
from ostrakon.casework.actions.prepare_batch import call_off_batch, prepare_batch
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.actions.release_batch import release_batch
from ostrakon.casework.actions.reread_batch import reread, take_up_batch
from ostrakon.casework.actions.reverse import overturn
from ostrakon.casework.actions.set_aside import set_aside, take_back
from ostrakon.casework.actions.undo_batch import undo_batch
from ostrakon.casework.actions.withdraw import withdraw
from ostrakon.casework.models import Case, Person, Role
from ostrakon.casework.permissions import MAY, Act, may, require
from ostrakon.errors import NotInThisState, NotPermitted, NotThere

TABLE = """
                                               reviewer  approver  appeals  safety_lead  auditor  administrator
read cases                                        x         x         x          x          x           .
claim, annotate, give opinions                    x         x         .          x          .           .
propose a decision                                x         x         .          x          .           .
approve a decision                                .         x         .          x          .           .
approve a decision on a case under pressure       .         .         .          x          .           .
invite a guest approver                           x         x         .          x          .           .
reverse a decision                                .         x         .          x          .           .
decide appeals                                    .         .         x          x          .           .
reinstate a wrongful wave                         .         .         x          x          .           .
do tasks                                          x         x         x          x          .           .
draw a random audit                               .         .         .          x          .           .
set a campaign's reports aside                    .         x         .          x          .           .
judge links to suspended accounts                 x         x         .          x          .           .
confirm links of protected accounts               .         .         .          x          .           .
add reports                                       x         x         .          x          .           .
add published lists                               x         x         .          x          .           .
have what came of it measured now                 .         .         .          x          .           .
see who reported                                  x         x         x          x          x           .
read the record                                   .         .         .          x          x           .
edit policies and templates                       .         .         .          x          .           .
see how many colleagues need rest                 .         .         .          x          .           .
manage people and roles                           .         .         .          .          .           x
manage tokens, sources and webhooks               .         .         .          .          .           x
"""
ROLES = [Role(name) for name in TABLE.split("\n")[1].split()]
ROWS = {Act(line[:45].strip()): line[45:].split() for line in TABLE.strip("\n").split("\n")[1:]}
CELLS = [
    (act, role, mark == "x") for act, marks in ROWS.items() for role, mark in zip(ROLES, marks, strict=True)
]


def test_the_table_names_every_role_and_every_act_once() -> None:
    assert set(ROLES) == set(Role)
    assert set(ROWS) == set(Act) == set(MAY)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_the_table_says_and_nothing_else(role: Role) -> None:
    who = person("bram", role)
    for act, column, allowed in CELLS:
        if column != role:
            continue
        assert may(who, act) is allowed, act
        if not allowed:
            with pytest.raises(NotPermitted, match=act):
                require(who, act)


@pytest.mark.django_db
def test_who_has_no_role_or_lost_it_or_is_inactive_may_do_nothing() -> None:
    lost = person("dana", *Role)
    lost.grants.update(ended_at=NOW)
    inactive = person("eve", *Role)
    inactive.is_active = False
    for who in (person("bram"), lost, inactive):
        assert not any(may(who, act) for act in Act)


@pytest.mark.django_db
def test_an_auditor_reads_everything_and_changes_nothing() -> None:
    reading = {Act.READ_CASES, Act.READ_REPORTERS, Act.READ_RECORD}
    auditor = person("bram", Role.AUDITOR)
    assert {act for act in Act if may(auditor, act)} == reading


# Each verb asks for its act. Where there is nothing to act upon, whoever may is told so, and nobody else.

WORDING = Wording("en", "Threats", "Do not threaten anybody.")
VERBS: dict[Callable[[Person, Case], object], Act] = {
    lambda who, on: propose(who, warning(on), NOW): Act.PROPOSE,
    lambda who, _: withdraw(who, 0, NOW): Act.PROPOSE,
    lambda who, _: approve(who, 0, NOW): Act.APPROVE,
    lambda who, _: decline(who, 0, "No.", NOW): Act.APPROVE,
    lambda who, _: overturn(who, 0, "Wrong.", NOW): Act.REVERSE,
    lambda who, on: prepare_batch(who, plan([on]), NOW): Act.PROPOSE,
    lambda who, _: take_up_batch(who, 0, NOW): Act.APPROVE,
    lambda who, _: reread(who, 0, 0, "upheld", NOW): Act.APPROVE,
    lambda who, _: release_batch(who, 0, NOW): Act.APPROVE,
    lambda who, _: call_off_batch(who, 0, NOW): Act.PROPOSE,
    lambda who, _: undo_batch(who, 0, "Wrong.", NOW): Act.REVERSE,
    lambda who, on: set_aside(who, 0, [on.pk], "They copied one text.", NOW): Act.SET_ASIDE,
    lambda who, _: take_back(who, 0, "It was a list.", NOW): Act.SET_ASIDE,
    lambda who, on: invite_guest(who, on.pk, "partner.example", "Gus", NOW): Act.INVITE_GUEST,
    lambda who, _: revoke_invitation(who, 0, NOW): Act.INVITE_GUEST,
    lambda who, _: add_policy(who, "threats", Terms(0.5), [WORDING], NOW): Act.EDIT_POLICIES,
    lambda who, _: revise(who, 0, Terms(0.5), [WORDING], NOW): Act.EDIT_POLICIES,
    lambda who, _: retire(who, 0, NOW): Act.EDIT_POLICIES,
    lambda who, _: add_person("eve", by=who, now=NOW): Act.MANAGE_PEOPLE,
}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_every_verb_asks_for_its_act(role: Role) -> None:
    who, on = person("bram", role), open_case()
    for verb, act in VERBS.items():
        if role in MAY[act]:
            with suppress(NotThere, NotInThisState):
                verb(who, on)
        else:
            with pytest.raises(NotPermitted, match=act):
                verb(who, on)
