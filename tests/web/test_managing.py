"""People, roles, policies, templates, sources, tasks, audits and the record through the API."""

from __future__ import annotations

import asyncio
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import AsyncClient, Client
from django.utils import timezone
from tests.casework import case as made
from tests.web.case import API, close_the_requests_connection, key_of, person, problem, send, signed_in

from ostrakon.casework.actions.tasks import open_task
from ostrakon.casework.models import Person, Policy, Role
from ostrakon.intake.models import Source
from ostrakon.ledger.checkpoints import checkpoint
from ostrakon.ledger.export import read_export
from ostrakon.ledger.keys import load_key, load_public_key, make_key, public_path
from ostrakon.ledger.models import Entry
from ostrakon.ledger.verify import verify
from ostrakon.web.tokens import Scope

pytestmark = pytest.mark.django_db

HARASSMENT = {
    "code": "harassment",
    "severity": 0.6,
    "texts": [{"language": "en", "title": "Harassment", "text": "Do not."}],
}


@pytest.fixture
def admin() -> Client:
    return signed_in(person("alice", Role.ADMINISTRATOR))


@pytest.fixture
def lead() -> Client:
    return signed_in(person("dina", Role.SAFETY_LEAD))


def test_a_colleague_is_added_without_a_role_and_with_a_password_for_once(admin: Client) -> None:
    new = send(admin, "/people", {"username": "bram", "name": "Bram", "email": "bram@example.org"}).json()
    assert new["person"]["roles"] == []
    bram = Person.objects.get(username="bram")
    assert bram.must_change_password
    assert bram.check_password(new["password"])
    assert new["password"] not in str(list(Entry.objects.values_list("body", flat=True)))
    given = send(admin, f"/people/{bram.pk}/roles/reviewer", method="put").json()
    assert given["roles"] == ["reviewer"]
    assert send(admin, f"/people/{bram.pk}/roles/reviewer", method="delete").json()["roles"] == []
    assert problem(send(admin, f"/people/{bram.pk}/roles/reviewer", method="delete")) == "not_in_this_state"


def test_nobody_gives_a_role_to_themselves(admin: Client) -> None:
    me = admin.get(f"{API}/me").json()
    assert problem(send(admin, f"/people/{me['id']}/roles/approver", method="put")) == "not_permitted"
    assert (
        problem(send(admin, f"/people/{me['id']}/roles/administrator", method="delete"))
        == "not_in_this_state"
    )


@pytest.mark.parametrize("username", ["", "a b", "a\u0000", "x" * 151, "é"])
def test_a_name_to_sign_in_with_is_plain(admin: Client, username: str) -> None:
    assert problem(send(admin, "/people", {"username": username})) == "invalid"


def test_somebody_inactive_is_out_at_once(admin: Client) -> None:
    bram = person("bram", Role.REVIEWER)
    browser = signed_in(bram)
    assert browser.get(f"{API}/me").status_code == 200
    send(admin, f"/people/{bram.pk}/deactivate")
    assert problem(browser.get(f"{API}/me")) == "not_signed_in"
    assert send(admin, f"/people/{bram.pk}/reactivate").json()["is_active"]


def test_everybody_learns_what_they_may_do() -> None:
    shown = signed_in(person("bram", Role.AUDITOR)).get(f"{API}/me").json()
    assert shown["roles"] == ["auditor"]
    assert "read the record" in shown["acts"]
    assert "propose a decision" not in shown["acts"]


def test_a_policy_has_versions_and_is_never_deleted(lead: Client) -> None:
    policy = send(lead, "/policies", HARASSMENT).json()
    terms = {name: value for name, value in HARASSMENT.items() if name != "code"}
    revised = send(lead, f"/policies/{policy['id']}/versions", {**terms, "severity": 0.9}).json()
    assert [version["number"] for version in revised["versions"]] == [2, 1]
    assert problem(send(lead, "/policies", HARASSMENT)) == "not_in_this_state"
    assert send(lead, f"/policies/{policy['id']}/retire").json()["retired_at"]
    assert problem(send(lead, f"/policies/{policy['id']}/versions", terms)) == "not_in_this_state"
    assert problem(lead.delete(f"{API}/policies/{policy['id']}")) == "method_not_allowed"
    assert Policy.objects.filter(code="harassment").exists()


@pytest.mark.parametrize(
    "wrong", [{"severity": 2}, {"severity": "x"}, {"texts": []}, {"deadline_hours": 0}, {"code": ""}]
)
def test_terms_that_make_no_sense_are_refused(lead: Client, wrong: dict[str, Any]) -> None:
    assert problem(send(lead, "/policies", {**HARASSMENT, **wrong})) == "invalid"


def test_a_wording_that_leaves_out_the_reasons_is_refused(lead: Client) -> None:
    wording = {"kind": "statement_of_reasons", "language": "nl", "subject": "Besluit", "body": "Weg."}
    assert problem(send(lead, "/templates", wording)) == "unfit"
    assert lead.get(f"{API}/templates", {"kind": "statement_of_reasons"}).json()["items"]


def test_a_source_speaks_for_areas_and_for_a_time(admin: Client) -> None:
    made.policy()
    told = {"name": "the agency", "kind": "authority", "areas": ["harassment"]}
    new = send(admin, "/sources", told).json()
    assert new["areas"] == ["harassment"]
    assert problem(send(admin, "/sources", told)) == "not_in_this_state"
    assert problem(send(admin, "/sources", {**told, "name": "x", "areas": ["none"]})) == "unfit"
    ends = {"valid_from": "2026-01-01T00:00:00Z", "valid_to": "2025-01-01T00:00:00Z"}
    assert problem(send(admin, f"/sources/{new['id']}/standing", ends, "put")) == "unfit"
    ends["valid_to"] = "2027-01-01T00:00:00+02:00"
    changed = send(admin, f"/sources/{new['id']}/standing", ends, "put").json()
    assert (changed["areas"], changed["valid_to"]) == ([], "2026-12-31T22:00:00Z")
    assert Entry.objects.filter(subject=f"source:{new['id']}").count() == 2
    assert problem(send(admin, "/sources/99/standing", {}, "put")) == "not_there"


@pytest.mark.parametrize(
    "at", ["2026-01-01T00:00:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "x"]
)
def test_a_time_needs_a_zone_and_a_sensible_year(admin: Client, at: str) -> None:
    told = {"name": "the agency", "kind": "authority", "valid_to": at}
    assert problem(send(admin, "/sources", told)) == "invalid"


def test_a_new_key_of_a_source_works_at_once(admin: Client) -> None:
    source = Source.objects.create(name="the forum")
    new = send(admin, f"/sources/{source.pk}/tokens", {"name": "x", "scopes": ["reports:write"]}).json()
    program = Client(headers={"Authorization": f"Bearer {new['key']}"})
    assert problem(send(program, "/reports", {})) == "invalid"
    assert (
        problem(send(admin, "/sources/99/tokens", {"name": "x", "scopes": ["reports:write"]})) == "not_there"
    )
    assert problem(send(admin, f"/sources/{source.pk}/tokens", {"name": "x", "scopes": ["admin"]})) == "unfit"


def test_a_task_is_done_once() -> None:
    task = open_task("no_contact", now=timezone.now(), decision=None)
    bram = signed_in(person("bram", Role.REVIEWER))
    assert [row["id"] for row in bram.get(f"{API}/tasks").json()["items"]] == [task.pk]
    assert send(bram, f"/tasks/{task.pk}/done", {"how": "I wrote a letter."}).json()["done_how"]
    assert problem(send(bram, f"/tasks/{task.pk}/done", {"how": "Again."})) == "not_in_this_state"
    assert bram.get(f"{API}/tasks").json()["items"] == []
    assert len(bram.get(f"{API}/tasks?done=true").json()["items"]) == 1


def test_an_audit_draws_accounts_at_random(lead: Client) -> None:
    for name in ("chidi", "esi", "femi"):
        made.account(name)
    drawn = send(lead, "/audits", {"count": 2, "seed": 7}).json()
    assert drawn["drawn"] == 2
    offers = lead.get(f"{API}/offers?selection=audit").json()["items"]
    assert [offer["propensity"] for offer in offers] == [2 / 3] * 2
    assert problem(send(lead, "/audits", {"count": 4})) == "unfit"


def _something_on_the_record(lead: Client) -> None:
    for code in ("harassment", "spam", "fraud"):
        send(lead, "/policies", {**HARASSMENT, "code": code})


def test_the_record_is_read_and_searched(lead: Client) -> None:
    _something_on_the_record(lead)
    page = lead.get(f"{API}/record", {"kind": "policy_changed", "limit": 2}).json()
    assert len(page["items"]) == 2
    assert page["items"][0]["facts"]["severity"] == 0.6
    older = lead.get(f"{API}/record", {"kind": "policy_changed", "after": page["next"]}).json()
    assert {row["number"] for row in older["items"]}.isdisjoint(row["number"] for row in page["items"])


def test_the_record_is_exported_and_checked_with_nothing_but_the_key(
    lead: Client, tmp_path: Path, settings: Any
) -> None:
    settings.LEDGER_KEY_FILE = tmp_path / "ledger.key"
    assert problem(Client().get(f"{API}/record/key")) == "not_there"
    make_key(settings.LEDGER_KEY_FILE)
    key = Client().get(f"{API}/record/key").json()
    assert key["public_key"] == public_path(settings.LEDGER_KEY_FILE).read_text()
    assert "PRIVATE" not in str(key)
    _something_on_the_record(lead)
    checkpoint(load_key(settings.LEDGER_KEY_FILE), timezone.now())
    answer = lead.get(f"{API}/record/export")
    assert answer["Content-Type"] == "application/x-ndjson"
    contents, items = read_export(BytesIO(b"".join(answer.streaming_content)))
    assert contents.last == Entry.objects.count()
    assert verify(items, [load_public_key(public_path(settings.LEDGER_KEY_FILE))]).is_intact
    assert problem(lead.get(f"{API}/record/export?first=9999")) == "unfit"
    assert problem(lead.get(f"{API}/record/export?first=3&last=2")) == "unfit"


@pytest.mark.django_db(transaction=True)
def test_served_by_asgi_the_export_is_the_same() -> None:
    dina = person("dina", Role.SAFETY_LEAD)
    _something_on_the_record(signed_in(dina))
    key = key_of(dina, Scope.RECORD_READ)
    headers = {"Authorization": f"Bearer {key}"}

    async def exported() -> bytes:
        answer: Any = await AsyncClient().get(f"{API}/record/export", headers=headers)
        assert answer.is_async
        told = b"".join([piece async for piece in answer.streaming_content])
        await close_the_requests_connection()
        return told

    there = b"".join(Client(headers=headers).get(f"{API}/record/export").streaming_content)  # type: ignore[arg-type]
    assert asyncio.run(exported()) == there
    assert json.loads(there.splitlines()[1])["digest"] == Entry.objects.get(number=1).digest


def test_a_webhook_shows_its_secret_once(admin: Client) -> None:
    new = send(
        admin, "/webhooks", {"url": "https://example.org/hook", "events": ["decision.reversed"]}
    ).json()
    assert new["secret"].startswith("whsec_")
    listed = admin.get(f"{API}/webhooks").content.decode()
    assert "example.org/hook" in listed
    assert new["secret"] not in listed
    assert send(admin, f"/webhooks/{new['webhook']['id']}/stop").status_code == 204
    assert problem(send(admin, f"/webhooks/{new['webhook']['id']}/stop")) == "not_there"


@pytest.mark.parametrize(
    "url", ["ftp://example.org", "https://", "https://a:b@example.org", "https://[", "x"]
)
def test_a_webhook_has_an_address_that_can_be_called(admin: Client, url: str) -> None:
    assert problem(send(admin, "/webhooks", {"url": url})) == "unfit"
