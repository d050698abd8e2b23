"""Every page of the house with something on it, and who opens it."""

from __future__ import annotations

from tests.browser.conftest import House

LEAD, REVIEWER, APPROVER, APPEALS, AUDITOR, ADMIN = (
    "safety lead", "reviewer", "approver", "appeals reviewer", "auditor", "administrator",
)  # fmt: skip


def pages(house: House) -> list[tuple[str | None, str]]:
    """Roles and addresses. What other tests decided meanwhile keeps its page, so a preferred state is no condition."""

    def of(sql: str) -> int:
        return int(house.number(sql))

    case = of(
        "SELECT id FROM casework_case WHERE under_pressure = 1 ORDER BY status = 'open' DESC, id LIMIT 1"
    )
    waiting = of("SELECT id FROM casework_decision ORDER BY status = 'proposed' DESC LIMIT 1")
    ended = of("SELECT id FROM casework_decision ORDER BY status = 'reversed' DESC LIMIT 1")
    appeal = of("SELECT id FROM casework_appeal ORDER BY status = 'open' DESC LIMIT 1")
    wave = of("SELECT id FROM casework_reinstatement LIMIT 1")
    campaign = of("SELECT id FROM triage_campaign ORDER BY is_current DESC LIMIT 1")
    waits = of("SELECT id FROM triage_link ORDER BY status = 'open' DESC LIMIT 1")
    confirmed = of("SELECT id FROM triage_link ORDER BY status = 'same' DESC LIMIT 1")
    published = of("SELECT id FROM intake_publishedlist LIMIT 1")
    policy = of("SELECT id FROM casework_policy WHERE code <> 'unspecified' LIMIT 1")
    person = of("SELECT id FROM casework_person WHERE is_guest = 0 LIMIT 1")
    return [
        (REVIEWER, "/queue"),
        (REVIEWER, "/queue?pressure=yes&policy=" + str(policy)),
        (REVIEWER, f"/cases/{case}"),
        (APPROVER, "/approvals"),
        (APPROVER, f"/decisions/{waiting}"),
        (LEAD, f"/decisions/{ended}"),
        (REVIEWER, "/batches"),
        (REVIEWER, f"/batches/new?policy={policy}"),
        (APPEALS, "/appeals"),
        (APPEALS, f"/appeals/{appeal}"),
        (LEAD, "/campaigns"),
        (LEAD, f"/campaigns/{campaign}"),
        (REVIEWER, "/links"),
        (LEAD, f"/links/{waits}"),
        (REVIEWER, f"/links/{confirmed}"),
        (REVIEWER, "/lists"),
        (REVIEWER, f"/lists/{published}"),
        (REVIEWER, "/lists/new"),
        (APPEALS, "/reinstatements"),
        (APPEALS, "/reinstatements/new"),
        (APPEALS, f"/reinstatements/{wave}"),
        (REVIEWER, "/tasks"),
        (LEAD, "/figures"),
        (LEAD, "/did-it-work"),
        (REVIEWER, "/platforms"),
        (ADMIN, "/platforms"),
        (REVIEWER, "/me"),
        (AUDITOR, "/record"),
        (LEAD, "/settings"),
        (LEAD, "/settings/policies"),
        (LEAD, f"/settings/policies/{policy}"),
        (LEAD, f"/settings/policies/{policy}/revise"),
        (LEAD, "/settings/policies/new"),
        (LEAD, "/settings/templates"),
        (LEAD, "/settings/templates/statement_of_reasons/ar"),
        (LEAD, "/settings/tokens"),
        (LEAD, "/settings/retention"),
        (ADMIN, "/settings/people"),
        (ADMIN, f"/settings/people/{person}"),
        (ADMIN, "/settings/sources"),
        (ADMIN, "/settings/webhooks"),
        (ADMIN, "/settings/tokens/sources"),
        (None, "/"),
        (None, "/accounts/login/"),
        (None, "/about-reports-and-appeals"),
        (None, "/report"),
        (None, "/appeal"),
        (None, house.notice.removeprefix(house.address)),
        (None, house.appeal.removeprefix(house.address)),
        (None, f"/report/{house.receipt}"),
        (None, "/notice/forged"),
    ]
