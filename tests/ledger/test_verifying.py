"""Whatever somebody does to the record, in the database or in an export, is found and named."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from tests.ledger.case import (
    KEY,
    PUBLIC,
    STRANGE_KEY,
    checked,
    exported,
    put_together,
    sign,
    taken_apart,
    tamper,
    write,
    write_a_week,
)

from ostrakon.errors import InputUnusable, UnreadableFile
from ostrakon.ledger.chain import GENESIS, Signed, Written, canonical, digest_of, moment
from ostrakon.ledger.checkpoints import checkpoint
from ostrakon.ledger.export import read_export
from ostrakon.ledger.keys import fingerprint
from ostrakon.ledger.stored import verify_database
from ostrakon.ledger.verify import MOST_LISTED, Head, verify

pytestmark = pytest.mark.django_db


# What is whole


def test_a_record_that_nobody_touched_is_intact() -> None:
    write_a_week()
    for report in (verify_database(PUBLIC), checked(exported())):
        assert report.problems == []
        assert (report.entries, report.first, report.checkpoints) == (12, 1, 2)
        assert report.head
        assert report.head.number == 12
        assert report.signed
        assert report.signed.number == 10


def test_a_part_of_it_is_intact_too() -> None:
    write_a_week()
    for first, last in [(1, 4), (3, 8), (4, 4), (5, 12), (10, 11)]:
        report = checked(exported(first, last))
        assert report.problems == []
        assert (report.first, report.entries) == (first, last - first + 1)


def test_facts_of_every_kind_are_intact_at_both_ends() -> None:
    write(
        2,
        small=1e-7,
        large=1e21,
        half=0.5,
        none=None,
        deep=[[], {"ß": "עברית", "\U0001f600": "\ufb33\n\x7f"}],
    )
    sign()
    assert verify_database(PUBLIC).problems == []
    assert checked(exported()).problems == []


def test_times_of_a_whole_second_are_intact() -> None:
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        write(3)
        sign()
    assert verify_database(PUBLIC).problems == []


def test_a_part_that_nothing_signs_is_not_believed() -> None:
    write_a_week()
    for first, last in [(1, 3), (5, 9), (11, 12)]:
        assert checked(exported(first, last)).problems[0].startswith("checkpoints: there is none")


def test_a_part_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputUnusable, match="the record has 0"):
        exported()
    write_a_week()
    for first, last in [(1, 13), (9, 8), (13, None), (0, 3)]:
        with pytest.raises(InputUnusable, match="the record has 12"):
            exported(first, last)


def test_an_earlier_key_is_believed_where_it_is_given() -> None:
    write(2)
    sign()
    write(2)
    checkpoint(STRANGE_KEY, timezone.now())
    assert verify_database([*PUBLIC, STRANGE_KEY.public_key()]).problems == []
    assert (
        verify_database(PUBLIC)
        .problems[0]
        .startswith("checkpoint at 4: signed with a key that was not given")
    )


def test_a_record_without_entries_or_checkpoints_is_not_believed() -> None:
    assert "entries: there is none" in verify_database(PUBLIC).problems[0]
    write(3)
    assert "checkpoints: there is none" in verify_database(PUBLIC).problems[0]


# In the database

IN_THE_DATABASE = {
    "a changed body": (
        ["UPDATE ledger_entry SET body = replace(body, 'person:3', 'person:4') WHERE number = 6"],
        ["entry 6: body and digest", "entry 6: actor: the column"],
    ),
    "a body that is nothing": (
        ["UPDATE ledger_entry SET body = '[1' WHERE number = 6"],
        ["entry 6: its body was changed"],
    ),
    "a changed digest": (
        ["UPDATE ledger_entry SET digest = 'f' || substr(digest, 2, 62) || 'f' WHERE number = 6"],
        ["entry 6: body and digest", "entry 7: it follows another entry 6"],
    ),
    "a changed actor": (
        ["UPDATE ledger_entry SET actor = 'person:4' WHERE number = 6"],
        ["entry 6: actor: the column"],
    ),
    "a changed subject": (
        ["UPDATE ledger_entry SET subject = 'case:99' WHERE number = 6"],
        ["entry 6: subject: the column"],
    ),
    "a changed kind": (
        ["UPDATE ledger_entry SET kind = 'case_released' WHERE number = 12"],
        ["entry 12: kind: the column"],
    ),
    "a changed time": (
        ["UPDATE ledger_entry SET at = '2020-01-01 00:00:00' WHERE number = 1"],
        ["entry 1: at: the column"],
    ),
    "a changed number": (
        ["UPDATE ledger_entry SET number = 13 WHERE number = 12"],
        ["entry 13: number: the column", "entry 12: missing here"],
    ),
    "a missing entry": (
        ["DELETE FROM ledger_entry WHERE number = 6"],
        ["entry 6: missing here"],
    ),
    "a missing beginning": (
        ["DELETE FROM ledger_entry WHERE number <= 3"],
        ["entries 1 to 3: missing here"],
    ),
    "an end that was cut off": (
        ["DELETE FROM ledger_entry WHERE number >= 9"],
        ["checkpoint at 10: its entry is missing or elsewhere: it stands after entry 8"],
    ),
    "two entries that changed places": (
        [
            "UPDATE ledger_entry SET number = 99 WHERE number = 6",
            "UPDATE ledger_entry SET number = 6 WHERE number = 7",
            "UPDATE ledger_entry SET number = 7 WHERE number = 99",
        ],
        ["entry 6: number: the column", "entry 7: number: the column", "entry 7: it follows another entry 6"],
    ),
    "an entry put in": (
        [
            "UPDATE ledger_entry SET number = number + 100 WHERE number >= 6",
            "UPDATE ledger_entry SET number = number - 99 WHERE number >= 106",
            "INSERT INTO ledger_entry SELECT 6, at, kind, actor, subject, body, 'fake' "
            "FROM ledger_entry WHERE number = 5",
        ],
        [
            "entry 6: body and digest",
            "entry 6: number",
            "entry 7: number",
            "entry 7: it follows another entry 6",
        ],
    ),
    "a checkpoint of a later time": (
        ["UPDATE ledger_checkpoint SET at = '2031-01-01 00:00:00' WHERE number = 10"],
        ["checkpoint at 10: forged or changed"],
    ),
    "a checkpoint of another entry": (
        ["UPDATE ledger_checkpoint SET number = 9 WHERE number = 10"],
        ["checkpoint at 9: it was signed for another entry 9", "checkpoint at 9: forged or changed"],
    ),
    "a missing checkpoint": (
        ["DELETE FROM ledger_checkpoint WHERE number = 4"],
        ["checkpoint at 10: the one before it, at 4, is missing"],
    ),
    "no checkpoint": (["DELETE FROM ledger_checkpoint"], ["checkpoints: there is none"]),
    "nothing left": (
        ["DELETE FROM ledger_entry", "DELETE FROM ledger_checkpoint"],
        ["entries: there is none", "checkpoints: there is none"],
    ),
}


@pytest.mark.parametrize("what", IN_THE_DATABASE)
@pytest.mark.django_db(transaction=True)
def test_tampering_with_the_database_is_found_and_named(what: str) -> None:
    statements, named = IN_THE_DATABASE[what]
    write_a_week()
    tamper(*statements)
    report = verify_database(PUBLIC)
    assert not report.is_intact
    for name in named:
        assert any(problem.startswith(name) for problem in report.problems), report.problems


@pytest.mark.only_on("sqlite")
@pytest.mark.django_db(transaction=True)
def test_what_only_sqlite_would_keep_is_found_too() -> None:
    write_a_week()
    tamper(
        "UPDATE ledger_entry SET body = x'00ff' WHERE number = 3",
        "UPDATE ledger_entry SET at = 'yesterday' WHERE number = 5",
    )
    problems = verify_database(PUBLIC).problems
    assert [problem.split(":")[0] for problem in problems] == ["entry 3", "entry 5"]


@pytest.mark.django_db(transaction=True)
def test_one_change_does_not_hide_the_next() -> None:
    write_a_week()
    tamper("UPDATE ledger_entry SET actor = 'person:4' WHERE number IN (2, 11)")
    assert [problem[:9] for problem in verify_database(PUBLIC).problems] == ["entry 2: ", "entry 11:"]


@pytest.mark.django_db(transaction=True)
def test_of_very_many_problems_some_are_listed_and_all_are_counted() -> None:
    write(MOST_LISTED + 20)
    sign()
    tamper("UPDATE ledger_entry SET actor = 'person:4'")
    report = verify_database(PUBLIC)
    assert (len(report.problems), report.found) == (MOST_LISTED, MOST_LISTED + 20)


# In an export, by somebody who keeps the form


def is_entry(number: int) -> Callable[[Written | Signed], bool]:
    return lambda item: isinstance(item, Written) and json.loads(item.body)["number"] == number


def place_of(items: list[Written | Signed], number: int) -> int:
    return next(place for place, item in enumerate(items) if is_entry(number)(item))


def rewritten(entry: Written, **changes: object) -> Written:
    body = canonical({**json.loads(entry.body), **changes}).decode()
    return Written(body, digest_of(body))


def chained(items: list[Written | Signed]) -> list[Written | Signed]:
    """The whole chain again from the first entry on, as somebody does who knows how but has no key."""
    made: list[Written | Signed] = []
    number, previous = 0, GENESIS
    for item in items:
        if isinstance(item, Written):
            number += 1
            item = rewritten(item, number=number, previous=previous)
            previous = item.digest
        made.append(item)
    return made


def test_a_rewritten_entry_breaks_the_chain_behind_it() -> None:
    write_a_week()
    items = taken_apart(exported())
    place = place_of(items, 6)
    assert isinstance(items[place], Written)
    items[place] = rewritten(items[place], actor="person:4")  # type: ignore[arg-type]
    assert checked(put_together(items)).problems == [
        "entry 7: it follows another entry 6 than this one: one of them was changed"
    ]


def test_a_rewritten_chain_meets_the_checkpoints() -> None:
    write_a_week()
    items = taken_apart(exported())
    place = place_of(items, 6)
    items[place] = rewritten(items[place], actor="person:4")  # type: ignore[arg-type]
    assert checked(put_together(chained(items))).problems == [
        "checkpoint at 10: it was signed for another entry 10 than this one"
    ]


def test_checkpoints_of_a_forger_are_not_the_services() -> None:
    write_a_week()
    items = taken_apart(exported())
    last = place_of(items, 10)
    forged = items[last + 1]
    assert isinstance(forged, Signed)
    items[last + 1] = forged._replace(signature=STRANGE_KEY.sign(forged.statement()).hex())
    report = checked(put_together(items))
    assert report.problems == ["checkpoint at 10: forged or changed: the signature is not the service's"]
    assert report.signed
    assert report.signed.number == 4


def test_a_checkpoint_that_is_missing_in_a_part_is_named() -> None:
    write_a_week()
    sign()
    contents, items = read_export(io.BytesIO(exported(3, 12)))
    fewer = [item for item in items if not (isinstance(item, Signed) and item.number == 10)]
    assert verify(fewer, PUBLIC, contents=contents._replace(checkpoints=2)).problems == [
        "checkpoint at 12: the one before it, at 10, is missing or elsewhere"
    ]


def test_a_body_that_does_not_fit_its_digest_is_not_believed_its_number() -> None:
    write_a_week()
    items = taken_apart(exported())
    place = place_of(items, 6)
    changed = items[place]
    assert isinstance(changed, Written)
    items[place] = changed._replace(body=changed.body.replace('"number":6', '"number":9'))
    assert checked(put_together(items)).problems == [
        "entry 6: body and digest do not belong together: one of them was changed"
    ]


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        ('"kind":"case_claimed"', '"kind": "case_claimed"'),
        ('"kind":"case_claimed"', '"kind":"case_released","kind":"case_claimed"'),
        ('"case":', '"cas\\u0065":'),
        ('"number":1', '"number":true'),
        ('"number":1', '"number":1.0'),
        ('"number":1,', ""),
        ('"facts":{"case":0}', '"facts":{"case":NaN}'),
        ('"facts":{"case":0}', f'"facts":{"[" * 100_000}'),
    ],
)
def test_a_body_in_another_form_is_no_entry_even_where_the_service_signed_it(
    written: str, otherwise: str
) -> None:
    write(1)
    (entry,) = taken_apart(exported())
    assert isinstance(entry, Written)
    body = entry.body.replace(written, otherwise)
    assert body != entry.body
    unsigned = Signed(1, digest_of(body), moment(timezone.now()), 0, fingerprint(KEY.public_key()), "")
    signed = unsigned._replace(signature=KEY.sign(unsigned.statement()).hex())
    assert checked(put_together([Written(body, digest_of(body)), signed])).problems == [
        "entry 1: its body was changed: it is nothing that the record writes"
    ]


def test_reordered_missing_repeated_and_inserted_entries_are_named() -> None:
    write_a_week()
    items = taken_apart(exported())
    six, seven = place_of(items, 6), place_of(items, 7)

    swapped = [*items]
    swapped[six], swapped[seven] = items[seven], items[six]
    problems = checked(put_together(swapped)).problems
    assert problems == [
        "entry 6: missing here",
        "entry 6: out of its place, or here twice: it stands after entry 7",
    ]

    missing = [item for item in items if not is_entry(6)(item)]
    assert checked(put_together(missing)).problems[0] == "entry 6: missing here"

    repeated = [*items[:seven], items[six], *items[seven:]]
    assert checked(put_together(repeated)).problems[0].startswith("entry 6: out of its place, or here twice")

    inserted = [*items[:seven], rewritten(items[six], actor="person:9"), *items[seven:]]  # type: ignore[arg-type]
    assert checked(put_together(inserted)).problems[0].startswith("entry 6: out of its place, or here twice")


def test_an_end_cut_off_with_its_checkpoint_is_seen_by_who_kept_an_earlier_head() -> None:
    write_a_week()
    head = checked(exported()).head
    assert head
    items = taken_apart(exported())
    shorter = put_together(items[: place_of(items, 9)])
    assert checked(shorter).problems == []  # nobody can know
    assert checked(shorter, expect=head).problems == ["entry 12: it was expected and is not here"]
    assert checked(exported(), expect=head).problems == []
    other = Head(5, "0" * 64)
    assert checked(exported(), expect=other).problems == [
        f"entry 5: it was expected with the digest {'0' * 64}"
    ]
    assert verify_database(PUBLIC, expect=other).problems != []


def test_a_file_that_is_no_export_is_refused() -> None:
    for content in (b"", b"\n", b"\xff\xfe", b"[]\n", b'{"format":"ostrakon-ledger-2"}\n', b"[" * 100_000):
        with pytest.raises(UnreadableFile, match="not an export"):
            read_export(io.BytesIO(content))


# In an export, anyhow


@pytest.fixture(scope="module")
def export_of_a_week(django_db_setup: None, django_db_blocker: object) -> bytes:
    """Made once: the examples of hypothesis need no database."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        write_a_week()
        export = exported()
        transaction.set_rollback(True)
    return export


@st.composite
def changes(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    """One change: of a byte, or of a line."""
    place, byte = draw(st.integers(0, 1 << 16)), bytes([draw(st.integers(0, 255))])
    kind = draw(
        st.sampled_from(["replace", "insert", "remove", "cut", "drop line", "repeat line", "swap lines"])
    )

    def change(export: bytes) -> bytes:
        at = place % len(export)
        lines = export.splitlines(keepends=True)
        line = place % len(lines)
        other = (place // len(lines)) % len(lines)
        match kind:
            case "replace":
                return export[:at] + byte + export[at + 1 :]
            case "insert":
                return export[:at] + byte + export[at:]
            case "remove":
                return export[:at] + export[at + 1 :]
            case "cut":
                return export[:at]
            case "drop line":
                del lines[line]
            case "repeat line":
                lines.insert(line, lines[other])
            case _:
                lines[line], lines[other] = lines[other], lines[line]
        return b"".join(lines)

    return change


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(change=changes())
@example(change=lambda export: export[:-1])
@example(change=lambda export: export + b"\n")
@example(change=lambda export: export.replace(b'"previous":4', b'"previous":4.0', 1))
@example(change=lambda export: export.replace(b'"previous":0', b'"previous":false', 1))
@example(change=lambda export: export.replace(b'"body"', b'"bo\\u0064y"', 1))
@example(change=lambda export: export.replace(b'"last":12', b'"last": 12', 1))
@example(change=lambda export: export.replace(b'"first":1,', b'"first":2,', 1))
@example(change=lambda export: export.replace(b'"last":12', b'"last":11', 1))
@example(change=lambda export: export.replace(b'"checkpoints":2', b'"checkpoints":1', 1))
def test_any_single_change_of_an_export_is_found(
    export_of_a_week: bytes, change: Callable[[bytes], bytes]
) -> None:
    changed = change(export_of_a_week)
    assume(changed != export_of_a_week)
    try:
        contents, items = read_export(io.BytesIO(changed))
    except UnreadableFile:
        return
    assert not verify(items, PUBLIC, contents=contents).is_intact
