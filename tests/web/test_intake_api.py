"""Reports by the API: every row answered, nothing lost, no bad row sinks another, nothing leaked."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from typing import Any

import pytest
from django.test import AsyncClient
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.web.case import (
    API,
    close_the_requests_connection,
    key_of,
    person,
    problem,
    send,
    signed_in,
    source,
    with_key,
)

from ostrakon.casework.models import Role
from ostrakon.intake.models import Account, Conflict, Contact, Evidence, Report, Reporter
from ostrakon.ledger.models import Entry
from ostrakon.web.tokens import Scope

ROW = {"report_id": "r1", "account": "mallory", "reporter": "alice", "reported_at": "2026-11-01T12:00:00Z"}


def row(report_id: str = "r1", **changes: Any) -> dict[str, Any]:
    return {**ROW, "report_id": report_id, **changes}


def forum(*scopes: Scope) -> Any:
    """A client with the key of a source."""
    return with_key(key_of(source(), *(scopes or (Scope.REPORTS_WRITE,))))


def batch(client: Any, rows: Any) -> list[dict[str, Any]]:
    response = send(client, "/reports/batch", rows)
    assert response.status_code == 200, response.content
    return list(response.json()["answers"])


def stream(client: Any, body: bytes) -> list[dict[str, Any]]:
    response = client.post(f"{API}/reports/stream", body, content_type="application/x-ndjson")
    assert response.status_code == 200, response.content
    return [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]


@pytest.mark.django_db
class TestOneReport:
    def test_new_is_201_again_is_200_and_other_content_409(self):
        client = forum()
        first, again = send(client, "/reports", ROW), send(client, "/reports", ROW)
        assert (first.status_code, first.json()["outcome"]) == (201, "stored")
        assert (again.status_code, again.json()) == (
            200,
            {"outcome": "already", "report": first.json()["report"]},
        )
        other = send(client, "/reports", row(text="other"))
        assert (other.status_code, problem(other)) == (409, "report_conflict")
        assert Conflict.objects.count() == 1

    def test_it_is_kept_with_its_source_and_all_that_it_says(self):
        sender = source()
        client = with_key(key_of(sender, Scope.REPORTS_WRITE))
        evidence = {"content": "{}", "location": "https://example.org/1"}
        send(
            client,
            "/reports",
            row(policy="spam", text="…", evidence=evidence, declared="call:x", platform="p"),
        )
        kept = Report.objects.select_related("evidence").get()
        assert (kept.source, kept.policy, kept.text, kept.declared) == (sender, "spam", "…", "call:x")
        assert kept.platform == "p"
        assert bytes(kept.evidence.content) == b"{}"  # type: ignore[union-attr, arg-type]

    def test_evidence_may_be_bytes(self):
        content = b64encode(b"\0\xff").decode()
        sent = send(forum(), "/reports", row(evidence={"content_base64": content, "media_type": "image/png"}))
        assert sent.status_code == 201
        assert bytes(Evidence.objects.get().content or b"") == b"\0\xff"

    def test_what_people_report_by_hand_is_our_own_finding(self):
        client = signed_in(person("bram", Role.REVIEWER))
        assert send(client, "/reports", ROW).status_code == 201
        kept = Report.objects.select_related("source").get()
        assert kept.source.kind == "own_finding"
        assert Entry.objects.filter(kind="reports_received").get().actor.startswith("person:")

    @pytest.mark.parametrize(
        ("changes", "code", "field"),
        [
            ({"account": ""}, "empty", "account"),
            ({"account": None}, "not_text", "account"),
            ({"account": 12}, "not_text", "account"),
            ({"account": "a\0b"}, "unfit", "account"),
            ({"account": "\ud800"}, "not_storable", "account"),
            ({"account": "x" * 513}, "too_long", "account"),
            ({"reporter": ["alice"]}, "not_text", "reporter"),
            ({"reported_at": "yesterday"}, "unfit", "reported_at"),
            ({"reported_at": "2026-11-01T12:00:00"}, "no_zone", "reported_at"),
            ({"reported_at": "2126-11-01T12:00:00Z"}, "in_the_future", "reported_at"),
            ({"reported_at": "9999-12-31T23:59:59-23:00"}, "in_the_future", "reported_at"),
            ({"reported_at": 0}, "too_early", "reported_at"),
            ({"reported_at": 10**30}, "unfit", "reported_at"),
            ({"text": "x" * 20_001}, "too_long", "text"),
            ({"declared": "trusted:1"}, "unfit", "declared"),
            ({"declared": "authority:1"}, "unfit", "declared"),
            ({"platform": "a b"}, "unfit", "platform"),
            ({"colour": "red"}, "unknown_field", "colour"),
            ({"evidence": {}}, "missing", "evidence"),
            ({"evidence": {"content": "a", "content_base64": "YQ=="}}, "unfit", "evidence"),
            ({"evidence": {"content_base64": "%"}}, "unfit", "evidence.content_base64"),
            ({"evidence": "x"}, "not_an_object", "evidence"),
        ],
    )
    def test_a_report_that_is_wrong_is_told_where_and_why(self, changes, code, field):
        client = forum()
        single = send(client, "/reports", row(**changes))
        assert (single.status_code, problem(single)) == (422, "invalid")
        assert single.json()["detail"].startswith(f"{field}: ")
        (answer,) = batch(client, [row(**changes)])
        assert (answer["outcome"], answer["code"], answer["field"]) == ("refused", code, field)
        assert not Report.objects.exists()

    def test_times_may_be_epochs(self):
        client = forum()
        assert [
            a["outcome"]
            for a in batch(client, [row(reported_at=1_790_000_000), row(reported_at=1_790_000_000_000)])
        ] == [
            "stored",
            "already",
        ]

    @pytest.mark.parametrize("body", [b" ", b"{", b"[]", b"5", b"\xff", b"[" * 100_000, b'{"a":' * 100_000])
    def test_what_is_no_report_is_refused(self, body):
        response = forum().post(f"{API}/reports", body, content_type="application/json")
        assert response.status_code in (400, 422)
        assert problem(response) in ("malformed", "too_deep", "invalid")

    def test_another_kind_of_body_is_refused(self):
        response = forum().post(f"{API}/reports", b"{}", content_type="text/plain")
        assert problem(response) == "wrong_media_type"


@pytest.mark.django_db
class TestWhoMaySend:
    def test_without_a_key_nothing_is_read(self):
        response = send(signed_in(), "/reports/batch", [ROW])
        assert (response.status_code, problem(response)) == (401, "not_signed_in")

    def test_a_key_needs_the_scope(self):
        assert problem(send(forum(Scope.LISTS_WRITE), "/reports", ROW)) == "scope_missing"

    @pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR, Role.APPEALS])
    def test_people_need_a_role_that_adds_reports(self, role):
        assert problem(send(signed_in(person("dora", role)), "/reports", ROW)) == "not_permitted"

    def test_a_source_cannot_read_reports(self):
        client = forum()
        number = send(client, "/reports", ROW).json()["report"]
        assert client.get(f"{API}/reports/{number}").status_code == 403

    def test_a_reviewer_reads_a_report(self):
        number = send(forum(), "/reports", row(evidence={"location": "at://x"})).json()["report"]
        shown = signed_in(person("bram", Role.REVIEWER)).get(f"{API}/reports/{number}").json()
        assert (shown["report_id"], shown["reporter"]) == ("r1", Reporter.objects.get().pk)
        assert shown["evidence"]["location"] == "at://x"

    def test_a_report_that_does_not_exist_is_not_there(self):
        assert problem(signed_in(person("bram", Role.REVIEWER)).get(f"{API}/reports/7")) == "not_there"


@pytest.mark.django_db
class TestABatch:
    def test_each_row_is_answered_in_its_place(self):
        response = send(forum(), "/reports/batch", [row("r1"), 5, row("r1"), row("r1", text="x"), row("r2")])
        answers = response.json()["answers"]
        assert [answer["index"] for answer in answers] == [0, 1, 2, 3, 4]
        outcomes = [answer["outcome"] for answer in answers]
        assert outcomes == ["stored", "refused", "already", "conflict", "stored"]
        assert response.json()["counts"] == {"stored": 2, "refused": 1, "already": 1, "conflict": 1}
        assert answers[1]["code"] == "not_an_object"

    def test_it_is_one_entry_on_the_record(self):
        batch(forum(), [row(f"r{number}") for number in range(20)])
        assert Entry.objects.filter(kind="reports_received").count() == 1

    def test_an_empty_one_is_fine(self):
        assert batch(forum(), []) == []

    def test_more_rows_than_may_be_are_refused_whole(self):
        response = send(forum(), "/reports/batch", [0] * 10_001)
        assert (response.status_code, problem(response)) == (413, "too_large")

    def test_what_is_no_array_is_refused(self):
        assert problem(send(forum(), "/reports/batch", ROW)) == "invalid"


@pytest.mark.django_db
class TestAStream:
    def test_each_line_is_answered_with_its_number(self):
        lines = [json.dumps(row("r1")), "", "{", json.dumps(row("r2")), "   ", json.dumps(row("r1"))]
        answers = stream(forum(), "\r\n".join(lines).encode())
        assert [(a["line"], a["outcome"]) for a in answers] == [
            (1, "stored"),
            (3, "refused"),
            (4, "stored"),
            (6, "already"),
        ]
        assert answers[1]["code"] == "malformed"

    def test_it_is_stored_in_pieces(self, monkeypatch):
        monkeypatch.setattr("ostrakon.web.api.intake.CHUNK_ROWS", 10)
        answers = stream(forum(), "\n".join(json.dumps(row(f"r{n}")) for n in range(35)).encode())
        assert len(answers) == Report.objects.count() == 35
        assert Entry.objects.filter(kind="reports_received").count() == 4

    def test_a_line_that_is_too_long_is_answered_and_the_next_one_read(self, monkeypatch):
        monkeypatch.setattr("ostrakon.web.api.intake.ONE_BYTES", 200)
        long = json.dumps(row("long", text="x" * 1000))
        answers = stream(forum(), f"{long}\n{json.dumps(row('r1'))}\n{long}".encode())
        assert [(a["line"], a.get("code")) for a in answers] == [(1, "too_long"), (2, None), (3, "too_long")]

    def test_another_kind_of_body_is_refused(self):
        assert problem(send(forum(), "/reports/stream", ROW)) == "wrong_media_type"


@pytest.mark.django_db(transaction=True)
def test_served_by_asgi_a_stream_is_answered_piece_by_piece(monkeypatch):
    monkeypatch.setattr("ostrakon.web.api.intake.CHUNK_ROWS", 10)
    key = key_of(source(), Scope.REPORTS_WRITE)
    body = "\n".join(json.dumps(row(f"r{n}")) for n in range(25)).encode()

    async def pieces() -> list[bytes]:
        response = await AsyncClient().post(
            f"{API}/reports/stream",
            body,
            content_type="application/x-ndjson",
            headers={"Authorization": f"Bearer {key}"},
        )
        told = [piece async for piece in response.streaming_content]
        await close_the_requests_connection()
        return told

    made = asyncio.run(pieces())
    assert [len(piece.splitlines()) for piece in made] == [10, 10, 5]
    assert Report.objects.count() == 25


@pytest.mark.django_db
class TestAccountsAndReporters:
    def test_facts_are_kept_and_the_answer_never_says_whether_they_were_known(self):
        client = forum(Scope.ACCOUNTS_WRITE)
        told = {"followers": 7, "handle": "mallory", "email": "m@example.org", "language": "fr"}
        first = send(client, "/accounts/local/at://did:plc:x", told, "put")
        again = send(client, "/accounts/local/at://did:plc:x", {}, "put")
        assert (first.status_code, first.json()) == (again.status_code, again.json())
        account = Account.objects.get()
        assert (account.external_id, account.followers, account.language) == ("at://did:plc:x", 7, "fr")
        assert account.seen_at is not None
        assert Contact.objects.get().email == "m@example.org"

    @pytest.mark.parametrize(
        "told",
        [
            {"followers": -1},
            {"followers": 2**63},
            {"email": "nobody"},
            {"seen_at": "2126-01-01T00:00:00Z"},
            {"created_at": "2020-01-01T00:00:00"},
            {"unknown": 1},
            {"handle": ""},
        ],
    )
    def test_what_makes_no_sense_is_refused(self, told):
        response = send(forum(Scope.ACCOUNTS_WRITE), "/accounts/local/x", told, "put")
        assert response.status_code == 422
        assert not Account.objects.exists()

    def test_what_is_known_about_a_reporter_is_kept(self):
        client = forum(Scope.ACCOUNTS_WRITE)
        send(client, "/reporters/local/alice", {"invited_by": "zoe", "email": "a@example.org"}, "put")
        send(client, "/reporters/local/alice", {"created_at": "2020-01-01T00:00:00Z"}, "put")
        reporter = Reporter.objects.get()
        assert (reporter.invited_by, reporter.email) == ("zoe", "a@example.org")
        assert reporter.created_at is not None


ABOUT = "title=Bots&publisher=Volunteers&platform=local&named_by=id&policy=spam&published_on=2026-11-01"


@pytest.mark.django_db
class TestLists:
    def test_a_list_is_kept_and_counted_and_the_same_bytes_are_the_same_list(self):
        client = forum(Scope.LISTS_WRITE)
        raw = b"id\nmallory\nchidi\nmallory\n"
        first = client.post(f"{API}/lists?{ABOUT}", raw, content_type="text/csv")
        again = client.post(f"{API}/lists?{ABOUT}", raw, content_type="text/csv")
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == again.json()
        assert (first.json()["rows"], first.json()["states"]) == (3, {"taken": 2, "duplicate": 1})

    def test_people_read_it_line_by_line_and_get_its_bytes(self):
        raw = b"id\nmallory\nchidi\nmallory\n"
        number = (
            forum(Scope.LISTS_WRITE).post(f"{API}/lists?{ABOUT}", raw, content_type="text/csv").json()["id"]
        )
        reader = signed_in(person("bram", Role.REVIEWER))
        assert [kept["id"] for kept in reader.get(f"{API}/lists").json()["items"]] == [number]
        assert reader.get(f"{API}/lists/{number}").json()["states"] == {"taken": 2, "duplicate": 1}
        assert reader.get(f"{API}/lists/{number}/raw").content == raw
        page = reader.get(f"{API}/lists/{number}/rows?limit=2").json()
        rest = reader.get(f"{API}/lists/{number}/rows?limit=2&after={page['next']}").json()
        assert [line["line"] for line in page["items"] + rest["items"]] == [4, 3, 2]
        assert rest["next"] is None
        found = reader.get(f"{API}/lists/{number}/rows?state=duplicate").json()["items"]
        assert [(line["line"], line["named"], line["report"]) for line in found] == [(4, "mallory", None)]

    @pytest.mark.parametrize("raw", [b"", b"\n\n", "\ufeffid".encode("utf-16-le")])
    def test_what_is_no_list_is_refused(self, raw):
        response = forum(Scope.LISTS_WRITE).post(f"{API}/lists?{ABOUT}", raw, content_type="text/csv")
        assert response.status_code == 422

    def test_where_it_comes_from_must_be_said(self):
        response = forum(Scope.LISTS_WRITE).post(f"{API}/lists?title=x", b"a", content_type="text/csv")
        assert problem(response) == "invalid"


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NEARLY = st.dictionaries(
    st.sampled_from(
        [
            "report_id",
            "account",
            "reporter",
            "reported_at",
            "policy",
            "text",
            "evidence",
            "declared",
            "platform",
            "x",
        ]
    ),
    JSONS
    | st.sampled_from(
        [
            "a",
            "b",
            "2026-11-01T12:00:00Z",
            "list:1",
            {"content": "x"},
            {"location": "y"},
            1.7e9,
            "\ud800",
            "\0",
        ]
    ),
)


class ForAnyJson(TestCase):  # type: ignore[misc]
    @settings(max_examples=60)
    @given(st.lists(JSONS | NEARLY | st.builds(dict, st.just(ROW), text=st.text(max_size=5)), max_size=8))
    def test_every_row_is_answered_once_and_nothing_breaks(self, rows):
        client = forum()
        before = Report.objects.count()
        answers = batch(client, rows)
        assert [answer["index"] for answer in answers] == list(range(len(rows)))
        stored = [answer for answer in answers if answer["outcome"] == "stored"]
        assert Report.objects.count() - before == len(stored)
        for answer in answers:
            assert (answer["outcome"] == "refused") == ("code" in answer)
        lines = "".join(f"{json.dumps(row)}\n" for row in rows).encode() or b"\n"
        again = stream(client, lines)
        assert len(again) == len(rows)
        assert {answer["outcome"] for answer in again} <= {"already", "conflict", "refused"}
