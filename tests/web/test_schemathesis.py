"""Every operation, with data that fit its description and data that do not: nothing breaks, every answer fits it.

Each operation is asked by somebody with all roles and by nobody in particular. Numbers in addresses are, every second
time, those of rows that exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.casework import case as made
from tests.web.case import key_of, person, source

from ostrakon.casework.actions.propose import propose
from ostrakon.casework.models import Action, Decision, Person, Role
from ostrakon.casework.proposal import Proposal
from ostrakon.ledger.keys import make_key
from ostrakon.web.models import RateLimit, Token
from ostrakon.web.tokens import Scope

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.only_on("postgresql"),  # it refuses more than SQLite does; one run is minutes
    pytest.mark.filterwarnings("default"),  # of other people's code, on data that nobody sends
]


@schemathesis.serializer("application/x-ndjson")
def as_lines(context: Any, value: Any) -> bytes:
    """A stream is text as it is."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else repr(value).encode()


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CONFIG = SchemathesisConfig.from_dict({"generation": {"mode": "all", "with-security-parameters": False}})
described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application(), config=CONFIG)
PATIENT = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The application is in this process: it must not close the connection that holds the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> dict[str, int]:
    """Something of everything."""
    monkeypatch.setattr("ostrakon.web.anonymous.ALWAYS_S", 0.0)
    monkeypatch.setattr("django.conf.settings.LEDGER_KEY_FILE", tmp_path / "ledger.key")
    make_key(tmp_path / "ledger.key")
    everything = person("alice", *Role)
    others = [person(name, role) for name, role in (("bram", Role.REVIEWER), ("dina", Role.SAFETY_LEAD))]
    chidi, esi = made.account("chidi", handle="chidi"), made.account("esi")
    policy = made.policy()
    decided, open_case = made.case(chidi, policy), made.case(esi, policy)
    report = made.report(chidi, "efua", text="a threat")
    decision = made.decision_in_force(decided, *others)
    _propose(others[0], open_case.pk)
    return {
        "case_id": open_case.pk,
        "decision_id": decision.pk,
        "report_id": report.pk,
        "policy_id": policy.pk,
        "person_id": others[0].pk,
        "account_id": chidi.pk,
        "source_id": source("another").pk,
        "everything": everything.pk,
    }


def _propose(by: Person, case_id: int) -> None:
    proposal = Proposal(
        case=case_id,
        version=0,
        outcome=Decision.Outcome.UPHELD,
        action=Action.SUSPEND,
        key="k",
        facts="forty threats",
        exempt_press=Decision.Answer.NO,
        exempt_research=Decision.Answer.NO,
        exempt_counter_speech=Decision.Answer.NO,
    )
    propose(by, proposal, timezone.now() + timedelta(seconds=1))


def _aimed(case: schemathesis.Case, world: dict[str, int]) -> None:
    for name, value in (case.path_parameters or {}).items():
        if name in world and isinstance(value, int) and value % 2:
            case.path_parameters[name] = world[name]


@described.parametrize()
@settings(PATIENT, max_examples=30)
def test_nothing_breaks_for_somebody_who_may_do_everything(
    case: schemathesis.Case, world: dict[str, int]
) -> None:
    RateLimit.objects.all().delete()
    Token.objects.all().delete()
    key = key_of(_with_all_roles(world), *Scope)
    _aimed(case, world)
    case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=CHECKS)


@described.parametrize()
@settings(PATIENT, max_examples=10)
def test_nothing_breaks_for_nobody_in_particular(case: schemathesis.Case, world: dict[str, int]) -> None:
    RateLimit.objects.all().delete()
    case.call_and_validate(checks=CHECKS)


def _with_all_roles(world: dict[str, int]) -> Person:
    """Also after they took a role from themselves."""
    found = Person.objects.get(pk=world["everything"])
    Person.objects.filter(pk=found.pk).update(is_active=True)
    for role in Role:
        made.Grant.objects.get_or_create(
            person=found, role=role, ended_at=None, defaults={"granted_at": timezone.now()}
        )
    return found
