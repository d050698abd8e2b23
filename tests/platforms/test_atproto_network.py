"""The real atproto network: it starts, takes a report, and shows a takedown where it counts."""

from __future__ import annotations

import pytest
from tests.platforms.atproto_network import (
    Answer,
    asked,
    at_ozone,
    emitted,
    is_down,
    new_account,
    repo,
    sent,
    soon,
)

pytestmark = pytest.mark.platform


def test_a_report_reaches_the_queue_of_the_moderators(network: Answer) -> None:
    alice, bram = new_account(network, "alice"), new_account(network, "bram")
    report = {
        "reasonType": "com.atproto.moderation.defs#reasonSpam",
        "reason": "the same link forty times",
        "subject": repo(bram["did"]),
    }
    made = sent(
        network["pds_url"],
        "com.atproto.moderation.createReport",
        report,
        alice["accessJwt"],
        **at_ozone(network),
    )
    assert made["reportedBy"] == alice["did"]
    (status,) = asked(network, "tools.ozone.moderation.queryStatuses", subject=bram["did"])["subjectStatuses"]
    assert status["reviewState"] == "tools.ozone.moderation.defs#reviewOpen"


def test_a_takedown_is_shown_by_the_server_of_the_account_and_ends_with_its_reversal(network: Answer) -> None:
    chidi = new_account(network, "chidi")["did"]
    assert not is_down(network, chidi)
    assert emitted(network, "modEventTakedown", repo(chidi)).status_code == 200
    assert soon(lambda: is_down(network, chidi))
    assert emitted(network, "modEventReverseTakedown", repo(chidi)).status_code == 200
    assert soon(lambda: not is_down(network, chidi))
