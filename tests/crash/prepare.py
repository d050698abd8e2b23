"""Runs inside the service: people with keys, a source with a key, a policy, accounts that can be written to."""

from __future__ import annotations

import json

from tests.crash.names import ACCOUNTS, account, address

from ostrakon.service.begin import begin

begin()

from django.utils import timezone  # noqa: E402  Django is set up first

from ostrakon.casework.actions.people import add_person, grant  # noqa: E402
from ostrakon.casework.models import Person, Role  # noqa: E402
from ostrakon.intake.accounts import AccountFacts, note_accounts  # noqa: E402
from ostrakon.intake.models import Source  # noqa: E402
from ostrakon.intake.sources import source_named  # noqa: E402
from ostrakon.web.tokens import OF_A_SOURCE, Scope, make_own_token, make_source_token  # noqa: E402

CAST = {"bram": Role.APPROVER, "chidi": Role.SAFETY_LEAD, "dana": Role.APPROVER}


def keys() -> dict[str, str]:
    """By who holds them."""
    now = timezone.now()
    made = {}
    for name, role in CAST.items():
        person, _ = add_person(name, by=None, now=now)
        grant(person, role, by=None, now=now)
        made[name] = make_own_token(person, name="t", scopes=list(Scope), expires_at=None, now=now).key
    source = source_named("people", Source.Kind.USER, actor="system")
    admin = Person.objects.get(username="admin")
    made["source"] = make_source_token(
        admin, source, name="t", scopes=OF_A_SOURCE, expires_at=None, now=now
    ).key
    return made


def accounts() -> None:
    facts = [AccountFacts("local", account(number), email=address(number)) for number in range(ACCOUNTS)]
    note_accounts(facts, seen_at=timezone.now())


if __name__ == "__main__":
    accounts()
    print(json.dumps(keys()))  # noqa: T201
