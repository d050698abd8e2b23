"""Keys, sources and webhooks: what is secret is shown once, what is ended opens nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.casework import case as made
from tests.web.case import key_of, person, signed_in, source
from tests.web.console.settings import MARKUP, browser_of

from ostrakon.casework.models import Role
from ostrakon.enforcement.events import EVENTS
from ostrakon.enforcement.models import Attempt, Dispatch, Webhook
from ostrakon.intake.models import Source
from ostrakon.ledger.models import Entry
from ostrakon.web.console.settings import words
from ostrakon.web.models import Token
from ostrakon.web.tokens import Scope, token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    return browser_of(Role.ADMINISTRATOR, name="alice")


def secret_in(answer: object) -> str:
    return re.findall(r"<code[^>]*>([^<]+)</code>", answer.content.decode())[-1]  # type: ignore[attr-defined]


def own(**changed: object) -> dict[str, object]:
    return {"own-name": "my script", "own-scopes": ["cases:read", "tasks:write"], **changed}


def test_everything_has_its_words() -> None:
    assert set(words.SCOPES) == set(Scope)
    assert set(words.SOURCES) == set(Source.Kind)
    assert set(words.EVENTS) == set(EVENTS)
    assert set(words.DELIVERIES) == set(Dispatch.State)
    assert set(words.ROLES) == set(words.WHAT_ROLES_DO) == set(Role)


def test_a_key_of_ones_own_is_shown_once_and_opens() -> None:
    bram = person("bram", Role.REVIEWER)
    browser, ends = signed_in(bram), timezone.now() + timedelta(days=30)
    key = secret_in(browser.post("/settings/tokens", own(**{"own-expires_at": f"{ends:%Y-%m-%dT%H:%M}"})))
    token = token_of(key, timezone.now())
    assert token is not None
    assert (token.person, token.scopes) == (bram, ["cases:read", "tasks:write"])
    assert token.expires_at == ends.replace(second=0, microsecond=0)
    assert key not in browser.get("/settings/tokens").content.decode()
    assert Entry.objects.filter(kind="token_made").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"own-name": " "},
        {"own-name": "x" * 121},
        {"own-scopes": []},
        {"own-scopes": ["everything"]},
        {"own-expires_at": "2020-01-01T00:00"},
        {"own-expires_at": "0001-01-01T00:00"},
        {"own-expires_at": "soon"},
    ],
)
def test_a_key_that_cannot_be_is_not_made_and_the_words_stay(wrong: dict[str, object]) -> None:
    answer = browser_of(Role.REVIEWER).post("/settings/tokens", own(**wrong))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="tasks:write"' in html
    assert "checked" in html or wrong.get("own-scopes") is not None
    assert f'value="{wrong.get("own-name", "my script")}"' in html
    assert not Token.objects.exists()


def test_one_sees_and_ends_ones_own_keys_only() -> None:
    bram, esi = person("bram", Role.REVIEWER), person("esi", Role.REVIEWER)
    key = key_of(bram, Scope.CASES_READ)
    token = Token.objects.get()
    assert "test" not in re.findall(
        r"<bdi>[^<]*</bdi>", signed_in(esi).get("/settings/tokens").content.decode()
    )
    assert signed_in(esi).post(f"/settings/tokens/{token.pk}/end").status_code == 404
    assert token_of(key, timezone.now()) is not None
    assert signed_in(bram).post(f"/settings/tokens/{token.pk}/end").status_code == 302
    assert token_of(key, timezone.now()) is None
    assert Entry.objects.filter(kind="token_revoked").count() == 1


def test_an_administrator_makes_keys_of_sources_and_ends_anybodys(admin: Client) -> None:
    forum, bram = source("the forum"), person("bram", Role.REVIEWER)
    said = {"source-source": forum.pk, "source-name": "its plugin", "source-scopes": ["reports:write"]}
    token = token_of(secret_in(admin.post("/settings/tokens/sources", said)), timezone.now())
    assert token is not None
    assert token.source == forum
    key = key_of(bram, Scope.CASES_READ)
    html = admin.get("/settings/tokens").content.decode()
    assert "the forum" in html
    assert "bram" in html
    admin.post(f"/settings/tokens/{Token.objects.get(person=bram).pk}/end")
    assert token_of(key, timezone.now()) is None


def test_a_source_reads_nothing_with_its_key(admin: Client) -> None:
    said = {"source-source": source().pk, "source-name": "x", "source-scopes": ["cases:read"]}
    assert admin.post("/settings/tokens/sources", said).status_code == 422
    assert not Token.objects.exists()


def test_a_source_is_added_and_its_standing_changed(admin: Client) -> None:
    made.policy()
    said = {
        "name": "the agency",
        "kind": "authority",
        "areas": ["harassment"],
        "valid_to": "2027-01-01T00:00",
    }
    assert admin.post("/settings/sources", said).headers["Location"] == "/settings/sources"
    agency = Source.objects.get(name="the agency")
    assert agency.areas == ["harassment"]
    page = f"/settings/sources/{agency.pk}"
    assert 'value="2027-01-01T00:00"' in admin.get(page).content.decode()
    admin.post(page, {"valid_to": "2028-01-01T00:00"})
    agency.refresh_from_db()
    assert (agency.areas, agency.valid_to and agency.valid_to.year) == ([], 2028)
    assert Entry.objects.filter(subject=f"source:{agency.pk}").count() == 2


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"valid_from": "2028-01-01T00:00"}, 422),
        ({"areas": ["none"]}, 422),
        ({"name": "the forum"}, 409),
        ({"kind": "x"}, 422),
    ],
)
def test_a_source_that_makes_no_sense_keeps_its_words(
    admin: Client, wrong: dict[str, object], status: int
) -> None:
    source("the forum")
    said = {"name": "the agency", "kind": "authority", "valid_to": "2027-01-01T00:00", **wrong}
    answer = admin.post("/settings/sources", said)
    assert answer.status_code == status
    assert f'value="{said["name"]}"' in answer.content.decode()
    assert Source.objects.count() == 1


def test_a_webhook_shows_its_secret_once_and_is_stopped(admin: Client) -> None:
    answer = admin.post(
        "/settings/webhooks", {"url": "https://example.org/hook", "events": ["decision.reversed"]}
    )
    secret, hook = secret_in(answer), Webhook.objects.get()
    assert hook.secret == secret
    page = f"/settings/webhooks/{hook.pk}"
    assert secret not in admin.get("/settings/webhooks").content.decode() + admin.get(page).content.decode()
    admin.post(f"{page}/stop")
    hook.refresh_from_db()
    assert not hook.is_active
    assert admin.post(f"{page}/stop").status_code == 404
    assert Entry.objects.filter(kind="webhook_changed").count() == 2


@pytest.mark.parametrize("url", ["ftp://example.org", "https://a:b@example.org", "https://[", ""])
def test_an_address_that_cannot_be_called_comes_back(admin: Client, url: str) -> None:
    answer = admin.post("/settings/webhooks", {"url": url})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert (f'value="{url}"' in answer.content.decode()) == bool(url)
    assert not Webhook.objects.exists()


def test_a_webhook_shows_what_it_was_told_and_what_came_of_it(admin: Client) -> None:
    now = timezone.now()
    hook = Webhook.objects.create(url="https://example.org/hook", secret="s", added_at=now)
    told = Dispatch.objects.create(
        key="k", channel="webhook", lane="l", webhook=hook, queued_at=now, not_before=now,
        payload={"type": "decision.reversed"},
    )  # fmt: skip
    Attempt.objects.create(dispatch=told, number=1, began_at=now, outcome="retry", detail=MARKUP)
    html = admin.get(f"/settings/webhooks/{hook.pk}").content.decode()
    assert "it was reversed" in html
    assert "failed for now" in html
    assert "&lt;script&gt;" in html
    assert "<script>alert" not in html


def test_names_that_somebody_chose_do_nothing_in_the_page(admin: Client) -> None:
    forum = source(MARKUP)
    key_of(forum, Scope.REPORTS_WRITE)
    Token.objects.update(name=MARKUP)
    Webhook.objects.create(url=f"https://example.org/{MARKUP}", secret="s", added_at=timezone.now())
    for page in (
        "/settings/tokens",
        "/settings/sources",
        f"/settings/sources/{forum.pk}",
        "/settings/webhooks",
    ):
        html = admin.get(page).content.decode()
        assert "<script>alert" not in html
        assert "&lt;script&gt;" in html
