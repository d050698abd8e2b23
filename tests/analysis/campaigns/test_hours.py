"""When people are up."""

from __future__ import annotations

import numpy as np
import pytest
from tests.analysis.campaigns.planted import DAY_S, Rows, log_from, noise

from ostrakon.analysis.campaigns.actions import HOURS, actions
from ostrakon.analysis.campaigns.block import fit
from ostrakon.analysis.campaigns.bursts import bursts
from ostrakon.analysis.campaigns.hours import Rhythm, rhythm

OWL, LARK, NEWCOMER = 5_000, 5_001, 5_002
MET = 900_000
AT_NIGHT, AT_NOON = 2, 12


def everyday(person: int, hour: int, days: int = 25) -> Rows:
    """One report a day, always at this hour, each on an account of one's own."""
    day = np.arange(days)
    return Rows(np.full(days, person), person * 1_000 + day, day * DAY_S + hour * 3600)


def meeting(account: int, hour: int, day: int) -> Rows:
    """All three report an account."""
    return Rows(
        np.array([OWL, LARK, NEWCOMER]),
        np.full(3, account),
        np.full(3, day * DAY_S + hour * 3600) + np.arange(3),
    )


def of_three() -> tuple[Rhythm, dict[int, int]]:
    """The rhythm of a block that met once at night and once at noon, and which row each person has."""
    rows = noise(1) + everyday(OWL, AT_NIGHT) + everyday(LARK, AT_NOON)
    log = log_from(rows + meeting(MET, AT_NIGHT, 27) + meeting(MET + 1, AT_NOON, 28))
    of = bursts(actions(log))
    account = [int(log.accounts[int(code)][1:]) for code in of.account]
    block = fit(of, np.array([account.index(MET), account.index(MET + 1)]), 1.0)
    person = [int(name[1:]) for name in log.reporters.gather(block.reporter)]
    return rhythm(of, block), {number: row for row, number in enumerate(person)}


def rate(found: Rhythm, row: int, burst: int) -> float:
    return float(found.at(np.array([row], np.int32), np.array([burst]))[0])


def test_who_reports_at_night_is_likelier_there_at_night_and_less_so_at_noon() -> None:
    found, row = of_three()
    night, noon = 0, 1
    assert rate(found, row[OWL], night) > 3.0 > 0.5 > rate(found, row[OWL], noon)
    assert rate(found, row[LARK], noon) > 3.0 > 0.5 > rate(found, row[LARK], night)


def test_the_bursts_in_question_do_not_teach_anybodys_hours() -> None:
    """The newcomer was seen nowhere else, so they keep everybody's hours: their rate is as on average."""
    found, row = of_three()
    assert found.reporter[row[NEWCOMER]].tolist() == pytest.approx([1.0] * HOURS)
    assert rate(found, row[NEWCOMER], 0) == pytest.approx(1.0)


def test_nobodys_rate_is_ever_nothing() -> None:
    found, _ = of_three()
    assert (found.reporter > 0).all()


def test_the_hours_of_a_burst_are_shares_of_its_reports() -> None:
    found, _ = of_three()
    assert found.burst.sum(1).tolist() == pytest.approx([1.0, 1.0])
    assert found.burst[0, AT_NIGHT] == found.burst[1, AT_NOON] == 1.0


def test_hours_run_around_the_clock() -> None:
    """Who reports at eleven at night is likely to be up at midnight."""
    rows = noise(1) + everyday(OWL, 23) + meeting(MET, 0, 27) + meeting(MET + 1, 12, 28)
    log = log_from(rows)
    of = bursts(actions(log))
    account = [int(log.accounts[int(code)][1:]) for code in of.account]
    block = fit(of, np.array([account.index(MET), account.index(MET + 1)]), 1.0)
    person = [int(name[1:]) for name in log.reporters.gather(block.reporter)]
    assert rate(rhythm(of, block), person.index(OWL), 0) > 3.0
