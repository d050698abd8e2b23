"""Published lists: raw bytes kept, every line marked, one report an account, one voice a publisher."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.intake.case import NOON, report, send

from ostrakon.errors import Unfit
from ostrakon.intake.accounts import AccountFacts, note_account, note_accounts
from ostrakon.intake.lines import MOST_LINES, lines_of
from ostrakon.intake.lists import receive_list
from ostrakon.intake.models import Account, ListRow, PublishedList, Report, Reporter
from ostrakon.ledger.models import Entry


def receive(raw: bytes, **about: Any) -> PublishedList:
    given: dict[str, Any] = {
        "title": "Accounts to look at",
        "publisher": "The volunteers",
        "published_on": date(2026, 11, 1),
        "licence": "CC0-1.0",
        "url": "https://example.org/list",
        "policy": "extremism",
        "platform": "local",
        "named_by": "id",
        "actor": "person:1",
        "received_at": NOON,
    }
    return receive_list(raw, **{**given, **about})


def marks(kept: PublishedList) -> list[tuple[int, str, str]]:
    return list(kept.lines.order_by("line").values_list("line", "named", "state"))


def names(raw: bytes, named_by: str = "id") -> list[str]:
    return [line.named if line.is_readable else "?" for line in lines_of(raw, named_by)]


@pytest.mark.django_db
class TestAList:
    def test_its_bytes_and_where_it_comes_from_are_kept(self):
        raw = b"\xef\xbb\xbfaccount\r\nmallory\r\n"
        kept = PublishedList.objects.get(pk=receive(raw).pk)
        assert bytes(kept.raw) == raw
        assert (kept.publisher, kept.published_on, kept.licence) == (
            "The volunteers",
            date(2026, 11, 1),
            "CC0-1.0",
        )
        assert kept.rows == 1

    def test_every_line_that_is_taken_is_a_report_of_the_publisher_that_declares_the_list(self):
        kept = receive(b"mallory\nchidi\n")
        reports = Report.objects.order_by("pk")
        assert [r.account.external_id for r in reports] == ["mallory", "chidi"]
        assert {r.declared for r in reports} == {f"list:{kept.pk}"}
        assert {r.reporter.external_id for r in reports} == {"publisher:The volunteers"}
        assert {r.source for r in reports} == {kept.source}
        assert {r.reported_at for r in reports} == {datetime(2026, 11, 1, tzinfo=UTC)}
        assert set(kept.lines.values_list("report", flat=True)) == {r.pk for r in reports}

    def test_the_same_bytes_again_are_the_same_list(self):
        first = receive(b"mallory\n")
        again = receive(b"mallory\n", received_at=NOON + timedelta(hours=1), title="Another title")
        assert (again.pk, again.received_at) == (first.pk, NOON)
        assert Report.objects.count() == 1

    def test_a_second_edition_is_the_same_voice(self):
        receive(b"mallory\n")
        receive(b"mallory\nchidi\n")
        assert Reporter.objects.count() == 1
        assert Report.objects.filter(account__external_id="mallory").count() == 2

    def test_unknown_ids_become_accounts_that_nobody_has_seen(self):
        receive(b"mallory\n")
        assert Account.objects.get().seen_at is None

    def test_duplicates_are_marked_and_reported_once(self):
        kept = receive(b"mallory\nchidi\n\nmallory\n")
        assert marks(kept) == [(1, "mallory", "taken"), (2, "chidi", "taken"), (4, "mallory", "duplicate")]
        assert Report.objects.count() == 2
        twice = ListRow.objects.get(state="duplicate")
        assert twice.account is not None
        assert (twice.account.external_id, twice.report) == ("mallory", None)

    def test_handles_find_the_account_that_bears_them_now(self):
        for minutes, handle in enumerate(["old_name", "New_Name"]):
            note_account(AccountFacts("local", "1", handle=handle), seen_at=NOON + timedelta(minutes=minutes))
        note_account(AccountFacts("local", "2", handle="twin"), seen_at=NOON)
        note_account(AccountFacts("local", "3", handle="Twin"), seen_at=NOON)
        note_account(AccountFacts("elsewhere", "4", handle="far"), seen_at=NOON)
        kept = receive(b"handle\n@new_name\nold_name\n@TWIN\nfar\nNEW_NAME\nnobody\n", named_by="handle")
        assert marks(kept) == [
            (2, "@new_name", "taken"),
            (3, "old_name", "unknown"),
            (4, "@TWIN", "ambiguous"),
            (5, "far", "unknown"),
            (6, "NEW_NAME", "duplicate"),
            (7, "nobody", "unknown"),
        ]
        assert Report.objects.get().account.external_id == "1"

    def test_a_profile_address_is_kept_as_it_is_and_names_no_handle(self):
        note_account(AccountFacts("local", "1", handle="mallory"), seen_at=NOON)
        kept = receive(b"https://elsewhere.example/mallory\n", named_by="handle")
        assert marks(kept) == [(1, "https://elsewhere.example/mallory", "unknown")]

    def test_nobody_can_take_its_report_ids_beforehand(self):
        next_list = (PublishedList.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
        send(*(report(f"list:{n}:1") for n in range(next_list, next_list + 3)))
        kept = receive(b"chidi\n")
        assert marks(kept) == [(1, "chidi", "taken")]

    def test_it_is_on_the_record_without_a_name(self):
        kept = receive(b"mallory\nmallory\n\xff\n")
        entry = Entry.objects.get(kind="list_received")
        facts = json.loads(entry.body)["facts"]
        assert facts == {"sha256": kept.sha256, "rows": 3, "taken": 1, "duplicate": 1, "unreadable": 1}
        assert not any("mallory" in entry.body for entry in Entry.objects.all())

    def test_a_list_of_nothing_readable_is_kept_and_reports_nobody(self):
        kept = receive(b"\xff\n\xfe\n")
        assert [state for _, _, state in marks(kept)] == ["unreadable"] * 2
        assert not Report.objects.exists()

    @pytest.mark.parametrize(
        "about",
        [
            {"title": ""},
            {"publisher": " "},
            {"title": "x" * 301},
            {"named_by": "name"},
            {"platform": "x" * 41},
            {"policy": "x" * 101},
        ],
    )
    def test_what_makes_no_sense_is_refused_and_nothing_kept(self, about):
        with pytest.raises(Unfit):
            receive(b"mallory\n", **about)
        assert not PublishedList.objects.exists()

    def test_a_list_of_9200_accounts_takes_seconds(self):
        raw = "\n".join(f"did:plc:{number:024d}" for number in range(9_200)).encode()
        begun = time.perf_counter()
        kept = receive(raw)
        assert time.perf_counter() - begun < 5
        assert kept.lines.filter(state="taken").count() == Report.objects.count() == 9_200

    def test_a_list_of_9200_handles_takes_seconds(self):
        note_accounts(
            [AccountFacts("local", f"{n}", handle=f"user{n}") for n in range(0, 9_200, 2)], seen_at=NOON
        )
        begun = time.perf_counter()
        kept = receive("\n".join(f"@User{n}" for n in range(9_200)).encode(), named_by="handle")
        assert time.perf_counter() - begun < 5
        assert kept.lines.filter(state="taken").count() == kept.lines.filter(state="unknown").count() == 4_600


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"a\nb", ["a", "b"]),
        (b"a\r\nb\rc\n", ["a", "b", "c"]),
        (b"\xef\xbb\xbfa\n", ["a"]),
        (b"@alice:example.org\n", ["@alice:example.org"]),
        (b" a \n\t\nb\n", ["a", "b"]),
        (b"id,name\n1,x\n2,y\n", ["1", "2"]),
        (b"name;ID\nx;1\n", ["1"]),
        (b"name\taccount\nx\t1\n", ["1"]),
        (b'"1","x, y"\n"2","z"\n', ["1", "2"]),
        (b'account,bio\n1,"two\nlines"\n2,x\n', ["1", "2"]),
        (b'account,bio\n1,"lost\n2,x\n3,y\n', ["?", "2", "3"]),
        (b"# bots, found in May\naccount,why\n1,x\n", ["?", "1"]),
        (b"#account,#why\n1,x\n", ["1"]),
        (b"a,b\n\n,c\n", ["a", "?"]),
        (b'{"account": "a"}\n{"id": "b"}\n{"x": 1}\n[]\n{\n{"id": 5}\n', ["a", "b", "?", "?", "?", "?"]),
        (b'{"id": "\\ud800"}\n', ["?"]),
        (b"a\0b\n\xff\xfc\nc\n", ["?", "?", "c"]),
        (b"x" * 512 + b"\n" + b"x" * 513, ["x" * 512, "?"]),
        ("a\u202eb\nإسماعيل\n".encode(), ["?", "إسماعيل"]),
        (b"https://x.example/a,b\n", ["https://x.example/a"]),
    ],
)
def test_lists_are_read_as_people_write_them(raw, expected):
    assert names(raw) == expected


def test_the_column_is_the_one_that_the_list_is_named_by():
    raw = b"id,username\n1,alice\n"
    assert (names(raw, "id"), names(raw, "handle")) == (["1"], ["alice"])


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_a_list_of_more_lines_than_fit_is_refused_before_it_is_read(end):
    assert len(lines_of((b"a" + end) * MOST_LINES, "id")) == MOST_LINES
    with pytest.raises(Unfit, match=f"{MOST_LINES} lines"):
        lines_of((b"a" + end) * (MOST_LINES + 1), "id")


@pytest.mark.parametrize("raw", [b"", b"\n \r\n", "\ufeffa\n".encode("utf-16-le"), b"account\n"])
def test_what_is_no_list_is_refused(raw):
    with pytest.raises(Unfit):
        lines_of(raw, "id")


@given(st.binary(max_size=200) | st.text('a"\n\r,;\t#{}:', max_size=60).map(str.encode))
def test_any_bytes_are_refused_or_read_line_by_line_in_order(raw):
    try:
        lines = lines_of(raw, "id")
    except Unfit:
        return
    numbers = [line.number for line in lines]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] <= len(raw.splitlines())
    for line in lines:
        assert "\0" not in line.named
        line.named.encode()
