"""The voices of some reports are found again in the log of all reports."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from ostrakon.analysis.log import ReportLog, places_in, report_log

ROWS = st.lists(
    st.tuples(
        st.sampled_from("rstu"),
        st.sampled_from("abc"),
        st.sampled_from("pq"),
        st.integers(0, 5),
        st.booleans(),
    ),
    min_size=1,
    max_size=30,
)


def log_of(rows: list[tuple[str, str, str, int, bool]]) -> ReportLog:
    return report_log(
        pl.DataFrame(
            {
                "reporter": [row[0] for row in rows],
                "account": [row[1] for row in rows],
                "policy": [row[2] for row in rows],
                "reported_at": [datetime(2026, 1, 1, row[3], tzinfo=UTC) for row in rows],
            },
            schema_overrides={
                "reporter": pl.String,
                "account": pl.String,
                "policy": pl.String,
                "reported_at": pl.Datetime("us", "UTC"),
            },
        )
    )


def named(log: ReportLog) -> list[tuple[str, str, str]]:
    """Account, policy and reporter of every voice."""
    return [
        (
            log.accounts[int(log.case_account[case])],
            log.policies[int(log.case_policy[case])],
            log.reporters[int(reporter)],
        )
        for case, reporter in zip(log.case, log.reporter, strict=True)
    ]


@given(ROWS)
def test_each_voice_is_found_where_the_same_reporter_speaks_on_the_same_case(
    rows: list[tuple[str, str, str, int, bool]],
) -> None:
    aside = {row[:3] for row in rows if row[4]}
    whole, part = log_of(rows), log_of([row for row in rows if row[:3] not in aside])
    of_whole = named(whole)
    assert [of_whole[place] for place in places_in(whole, part)] == named(part)
    assert places_in(whole, whole).tolist() == list(range(whole.voices))
