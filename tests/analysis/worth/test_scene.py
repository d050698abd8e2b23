"""Everything about a log that needs no decision, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analysis.small import accounts, case_of, log_of, reporter_of, reporters, reports, scene_of

from ostrakon.analysis.log import ReportLog, report_log
from ostrakon.analysis.tables import REPORTS
from ostrakon.analysis.worth import scene as module
from ostrakon.analysis.worth.scene import (
    LEAST_AUDIENCE,
    Scene,
    in_chunks,
    source_kinds,
    voice_traits,
)
from ostrakon.analysis.worth.scene import testimony as hear

TABLE = reports(
    "alice mallory 0", "alice chidi 1", "alice dora 2", "alice erin 2",
    "bo mallory 3", "bo chidi 4",
    "cy mallory 5",
)  # fmt: skip


def traits_of(set_out: Scene, reporter: str, account: str) -> dict[str, float]:
    """What a voice carries."""
    log = set_out.log
    heard = hear(log, np.array([case_of(log, account)]))
    place = log.reporter[heard.voice].tolist().index(reporter_of(log, reporter))
    return {name: float(values[place]) for name, values in voice_traits(set_out, heard).items()}


# Cases


def test_everybody_is_granted_some_audience() -> None:
    set_out = scene_of(TABLE, accounts("mallory 1000", "chidi 0", "dora 50"))
    log = set_out.log
    assert LEAST_AUDIENCE == 0.1  # of the median of 0, 50 and 1000
    assert set_out.audience[case_of(log, "mallory")] == 1005
    assert set_out.audience[case_of(log, "chidi")] == 5


def test_the_unit_of_the_audience_does_not_matter() -> None:
    views = scene_of(TABLE, accounts("mallory 1000", "chidi 0", "dora 50"))
    thousands = scene_of(TABLE, accounts("mallory 1", "chidi 0", "dora 0.05"))
    assert np.diff(views.rate) == pytest.approx(np.diff(thousands.rate))


def test_an_unknown_audience_is_the_median_of_the_known_ones() -> None:
    set_out = scene_of(TABLE, accounts("mallory 1000", "chidi 300"))
    assert set_out.audience[case_of(set_out.log, "dora")] == 650 + 65


def test_where_no_audience_is_known_all_are_alike() -> None:
    assert set(scene_of(TABLE).audience.tolist()) == {1.1}


def test_the_rate_is_the_log_of_reporters_an_audience() -> None:
    set_out = scene_of(TABLE, accounts("mallory 1000", "chidi 300", "dora 0"))
    rate = {name: set_out.rate[case_of(set_out.log, name)] for name in ("mallory", "chidi", "dora")}
    assert rate == pytest.approx(
        {"mallory": np.log(3.5 / 1030), "chidi": np.log(2.5 / 330), "dora": np.log(1.5 / 30)}
    )


def test_the_voices_of_an_account_are_those_under_all_its_policies() -> None:
    set_out = scene_of(reports("a x 1 spam", "b x 1 spam", "a x 1 abuse", "a y 1 spam"))
    log = set_out.log
    assert set_out.account_voices[case_of(log, "x", "spam")] == 3
    assert set_out.account_voices[case_of(log, "x", "abuse")] == 3
    assert set_out.account_voices[case_of(log, "y")] == 1


def test_independent_voices_are_the_sum_of_the_weights() -> None:
    # c, d and e came together and are new (5/4 and less); a has four cases.
    set_out = scene_of(reports("a x 1", "a y 1", "a z 1", "a v 1", "c x 2", "d x 2", "e x 3"))
    independent = set_out.independent
    assert independent[case_of(set_out.log, "x")] == pytest.approx(1 + 3 / 2.6, rel=1e-6)
    assert independent[case_of(set_out.log, "y")] == 1.0


def test_a_scene_of_nothing_is_empty() -> None:
    set_out = scene_of(REPORTS.empty())
    assert len(set_out.independent) == len(set_out.rate) == len(set_out.weight) == 0


# Voices


def test_a_voice_carries_how_active_its_reporter_is() -> None:
    set_out = scene_of(TABLE)
    assert traits_of(set_out, "alice", "mallory")["activity"] == pytest.approx(np.log(1 + 4))
    assert traits_of(set_out, "alice", "mallory")["newcomer"] == 0.0
    assert traits_of(set_out, "bo", "mallory")["newcomer"] == 1.0


def test_a_voice_carries_how_old_its_reporter_was_when_speaking() -> None:
    set_out = scene_of(TABLE, reporters=reporters("alice -48", "bo -1000", "cy -"))
    alice, bo, cy = (traits_of(set_out, name, "mallory") for name in ("alice", "bo", "cy"))
    assert alice["age"] == pytest.approx(np.log(1 + 2))
    assert (alice["young"], bo["young"]) == (1.0, 0.0)
    assert np.isnan(cy["age"])
    assert np.isnan(cy["young"])


def test_what_the_platform_thinks_of_a_reporter_leaves_out_the_case_at_hand() -> None:
    set_out = scene_of(TABLE, accounts("mallory 1000", "chidi 300", "dora 0"))
    chidi, dora, erin = np.log(2.5 / 330), np.log(1.5 / 30), np.log(1.5 / 330)
    assert traits_of(set_out, "alice", "mallory")["peer_rate"] == pytest.approx(
        (chidi + dora + erin) / 3, rel=1e-5
    )
    assert traits_of(set_out, "bo", "mallory")["peer_rate"] == pytest.approx(chidi, rel=1e-5)
    assert np.isnan(traits_of(set_out, "cy", "mallory")["peer_rate"])  # there is no other case


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("list:7", 1), ("call:9", 1), ("trusted:eu", 2), ("authority:x", 2),
        ("platform:y", 0), ("app", 0), ("my list:7", 0), ("untrusted:eu", 0), (None, 0),
    ],
)  # fmt: skip
def test_a_source_is_declared_or_trusted_by_how_it_begins(source: str | None, kind: int) -> None:
    log = log_of(f"a x 1 - {'-' if source is None else source.replace(' ', '_')}", "b x 2 - app")
    kinds = source_kinds(log.sources)
    assert kinds[log.source[0]] == kind
    assert kinds[-1] == 0


# Testimony

said = st.lists(
    st.builds("r{} a{} {}".format, st.integers(0, 5), st.integers(0, 6), st.integers(0, 9)),
    min_size=1,
    max_size=40,
)


def voices_of(log: ReportLog, case: int) -> list[int]:
    return list(range(log.start[case], log.start[case + 1]))


@given(said, st.lists(st.integers(0, 6), max_size=8))
@settings(max_examples=40)
def test_testimony_is_the_voices_of_the_cases_in_the_order_asked_for(
    rows: list[str], wanted: list[int]
) -> None:
    log = log_of(*rows)
    cases = np.array([case % log.cases for case in wanted], np.int64)
    heard = hear(log, cases)
    parts = [
        heard.voice[begin:end].tolist() for begin, end in zip(heard.start, heard.start[1:], strict=False)
    ]
    assert parts == [voices_of(log, case) for case in cases]


@given(said, st.integers(1, 12))
@settings(max_examples=40)
def test_chunks_hold_every_case_once_however_small_they_are(rows: list[str], size: int) -> None:
    log = log_of(*rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CHUNK_VOICES", size)
        parts = list(in_chunks(log, np.arange(log.cases)))
    assert [case for rows_, _ in parts for case in range(log.cases)[rows_]] == list(range(log.cases))
    assert np.concatenate([heard.voice for _, heard in parts]).tolist() == list(range(log.voices))
    assert all(len(heard.voice) <= size or len(heard.case) == 1 for _, heard in parts)


def test_silenced_voices_are_left_out_and_the_others_stay() -> None:
    log = report_log(TABLE)
    mallory = case_of(log, "mallory")
    first, second, third = voices_of(log, mallory)
    heard = hear(log, np.array([mallory])).without([np.array([second]), np.array([first, third])])
    assert heard.case.tolist() == [mallory, mallory]
    assert heard.start.tolist() == [0, 2, 3]
    assert heard.voice.tolist() == [first, third, second]
