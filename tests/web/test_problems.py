"""Whatever goes wrong under /api/ is a problem with a stable code, and says nothing it should not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client, RequestFactory
from tests.web.case import API, person, problem, send, signed_in

from ostrakon import errors
from ostrakon.casework.models import Role
from ostrakon.web.api.problems import ALL, REFUSALS, TRANSPORT, Unreadable, refusal
from ostrakon.web.api.reading import Careful

pytestmark = pytest.mark.django_db


def test_every_refusal_of_the_house_has_its_own_code() -> None:
    kinds = set(errors.Refused.__subclasses__())
    assert kinds <= set(REFUSALS)
    assert len(ALL) == len(TRANSPORT) + len(REFUSALS)


def test_a_refusal_without_a_row_is_answered_like_the_kind_above_it() -> None:
    class NotThereYet(errors.NotThere):
        pass

    assert refusal(NotThereYet("")).code == "not_there"


def test_what_does_not_exist_and_what_is_not_theirs_share_a_status() -> None:
    assert REFUSALS[errors.NotThere].status == 404


def test_an_unknown_address_is_a_problem() -> None:
    assert problem(Client().get(f"{API}/nothing-here")) == "not_found"


def test_a_wrong_method_says_which_ones_there_are() -> None:
    answer = Client().delete(f"{API}/tokens")
    assert problem(answer) == "method_not_allowed"
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}


def test_nobody_gets_in_without_a_session_or_key() -> None:
    answer = Client().get(f"{API}/tokens")
    assert problem(answer) == "not_signed_in"
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_host_that_is_not_ours_is_a_problem() -> None:
    assert problem(Client().get(f"{API}/tokens", headers={"Host": "evil.example"})) == "bad_request"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "malformed"),
        (b"\xff\xfe", "malformed"),
        (b'{"name": NaN}', "malformed"),
        (b'{"name": -Infinity}', "malformed"),
        (b'{"name": 1e999}', "invalid"),
        (b'{"name": 99999999999999999999}', "invalid"),
        (b'{"name": ' + b"9" * 5000 + b"}", "invalid"),
        (b'{"name": "a\\u0000b"}', "invalid"),
        (b'{"na\\u0000me": "ab"}', "invalid"),
        (b'{"name": "\\ud800"}', "invalid"),
        (b"[" * 40 + b"]" * 40, "too_deep"),
        (b"[" * 200_000, "too_deep"),
        (b'{"a":' * 100_000, "too_deep"),
        (b"[]", "invalid"),
        (b"null", "invalid"),
        (b"{}", "invalid"),
        (b"", "invalid"),
    ],
    ids=repr,
)
def test_a_body_that_cannot_be_used_is_a_problem(body: bytes, code: str) -> None:
    browser = signed_in(person("alice", Role.REVIEWER))
    answer = browser.post(f"{API}/tokens", body, content_type="application/json")
    assert problem(answer) == code


def test_another_kind_of_body_is_a_problem() -> None:
    browser = signed_in(person("alice", Role.REVIEWER))
    answer = browser.post(f"{API}/tokens", b"<token/>", content_type="application/xml")
    assert problem(answer) == "wrong_media_type"


def test_a_body_that_is_too_large_is_a_problem() -> None:
    browser = signed_in(person("alice", Role.REVIEWER))
    assert problem(send(browser, "/tokens", {"name": "x" * 1_100_000})) == "too_large"


def test_a_body_that_did_not_say_how_large_it_is_is_measured() -> None:
    request = RequestFactory().post("/", b'{"name": "alice"}', content_type="application/json")
    request.largest_body = 10  # type: ignore[attr-defined]
    with pytest.raises(Unreadable) as raised:
        Careful().parse_body(request)
    assert raised.value.problem.code == "too_large"


def test_what_is_wrong_is_named_by_its_place_and_not_repeated() -> None:
    browser = signed_in(person("alice", Role.REVIEWER))
    answer = send(browser, "/tokens", {"name": "a key", "scopes": ["my-secret-value"]})
    assert problem(answer) == "invalid"
    assert "scopes" in answer.json()["errors"][0]["at"]
    assert "my-secret-value" not in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["after=%00", "after=x", "after=99999999999999999999", "limit=0", "limit=1e9"]
)
def test_a_query_that_makes_no_sense_is_a_problem(query: str) -> None:
    browser = signed_in(person("alice", Role.REVIEWER))
    assert problem(browser.get(f"{API}/tokens?{query}")) in {"invalid", "unfit"}


def test_a_number_that_no_row_can_have_is_a_problem() -> None:
    browser = signed_in(person("alice", Role.REVIEWER))
    assert problem(send(browser, f"/tokens/{10**30}/revoke")) == "invalid"


def test_a_fault_of_ours_shows_no_trace(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: object, **named: object) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr("ostrakon.web.api.tokens.newest_first", broken)
    answer = signed_in(person("alice", Role.REVIEWER)).get(f"{API}/tokens")
    assert problem(answer) == "internal"
    assert "hunter2" not in answer.content.decode()
    assert "RuntimeError" not in answer.content.decode()
    assert "hunter2" in caplog.text


def test_the_documentation_lists_every_code_with_its_status() -> None:
    told = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    listed = {
        (code, int(status)) for code, status in re.findall(r"^\| `(\w+)` \| (\d+) \|", told, re.MULTILINE)
    }
    assert listed == {(problem.code, problem.status) for problem in ALL.values()}
