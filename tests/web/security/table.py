"""Who may open and send what: every address of the console and of the public pages, role by role.

A letter is somebody: R reviewer, P approver, J appeals reviewer, L safety lead, U auditor, A administrator, G a guest
(who sees one case), N nobody in particular, K a program with the key of a source. A test holds the table against the
addresses that there are: a new page without a row fails it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.urls import URLPattern, reverse
from tests.web.security.world import House

from ostrakon.casework.models import Decision, Notice, Opinion, Policy, Role, SettingAside, Task
from ostrakon.enforcement.models import Command, Connection, Dispatch
from ostrakon.intake.models import Evidence, PublishedList
from ostrakon.web.console import urls as console
from ostrakon.web.models import SavedFilter, Token
from ostrakon.web.public import urls as public

ROLES = dict(zip("RPJLUA", Role, strict=True))
READ, WORK, APPROVE, JUDGE, TASKS, LEAD, ADMIN, HERE = "RPJLU", "RPL", "PL", "JL", "RPJL", "L", "A", "RPJLUA"
ALL = "RPJLUAGNK"
NOT_OFFERED = None
"""405, for whoever asks."""


@dataclass(frozen=True)
class Row:
    """Who may GET and who may POST, and a form that is filled in as it should be."""

    get: str | None
    post: str | None = NOT_OFFERED
    form: Mapping[str, str] = field(default_factory=dict)


PROPOSAL = {
    "version": "0",
    "key": "a-key",
    "outcome": "upheld",
    "action": "warn",
    "facts": "They threatened somebody.",
}
WORDING = {"subject": "About you", "body": "We decided. {{ appeal_link }}"}
POLICY = {
    "code": "threats",
    "severity": "0.5",
    "deadline_hours": "24",
    "priority_deadline_hours": "4",
    "appeal_deadline_hours": "72",
    "strike_days": "90",
    "ground": "terms",
    "valid_from": "",
    "form-TOTAL_FORMS": "1",
    "form-INITIAL_FORMS": "0",
    "form-0-language": "en",
    "form-0-title": "Threats",
    "form-0-text": "Do not.",
    "form-0-reference": "",
}
KEY = {"name": "a program", "scopes": "reports:write", "expires_at": ""}
REPORT = {
    "account": "chidi",
    "location": "https://example.org/1",
    "policy": "",
    "text": "a threat",
    "name": "Esi",
    "email": "esi@example.org",
    "good_faith": "on",
}

TABLE: Mapping[str, Row] = {
    "home": Row(ALL),
    "queue": Row(READ),
    "queue_changes": Row(READ),
    "next": Row(NOT_OFFERED, WORK),
    "save_filter": Row(NOT_OFFERED, READ, {"name": "mine", "query": "lane=priority"}),
    "forget_filter": Row(NOT_OFFERED, READ),
    "case": Row(READ + "G"),
    "take": Row(NOT_OFFERED, WORK, {"put_back": "", "from": "queue"}),
    "note": Row(NOT_OFFERED, WORK, {"text": "a note"}),
    "urgent": Row(NOT_OFFERED, WORK),
    "ask_opinion": Row(NOT_OFFERED, WORK, {"colleague": "lena"}),
    "opinion": Row(NOT_OFFERED, WORK, {"outcome": "upheld"}),
    "invite": Row(NOT_OFFERED, WORK, {"server": "example.org", "name": "Esi"}),
    "reveal": Row(NOT_OFFERED, READ + "G"),
    "preview": Row(NOT_OFFERED, WORK, PROPOSAL | {"language": "fr", "change": ""}),
    "decide": Row(NOT_OFFERED, WORK, PROPOSAL),
    "campaign_panel": Row(READ),
    "approvals": Row(READ),
    "decision": Row(READ + "G"),
    "answer": Row(NOT_OFFERED, APPROVE + "G", {"verb": "approve", "why": "it fits"}),
    "batches": Row(READ),
    "prepare_batch": Row(
        WORK,
        WORK,
        {
            "policy": "{policy}",
            "key": "k2",
            "outcome": "upheld",
            "action": "warn",
            "facts": "Spam.",
            "case": "{case}:0",
        },
    ),
    "batch": Row(READ),
    "act_on_batch": Row(NOT_OFFERED, APPROVE, {"verb": "take_up", "why": "wrong"}),
    "sample": Row(APPROVE, APPROVE, {"case": "{case}", "outcome": "upheld"}),
    "campaigns": Row(READ),
    "campaign": Row(READ),
    "set_aside": Row(NOT_OFFERED, APPROVE, {"case": "{case}", "why": "They copied one text."}),
    "take_back": Row(NOT_OFFERED, APPROVE, {"why_back": "They did not."}),
    "links": Row(READ),
    "link": Row(READ),
    "judge_link": Row(NOT_OFFERED, WORK, {"verdict": "cannot_tell", "reasons": "They only look alike."}),
    "figures": Row(READ),
    "did_it_work": Row(READ),
    "measure_now": Row(NOT_OFFERED, LEAD),
    "impact_json": Row(READ),
    "impact_csv": Row(READ),
    "me": Row(HERE + "G"),
    "appeals": Row(READ),
    "next_appeal": Row(NOT_OFFERED, JUDGE),
    "hearing": Row(READ),
    "take_appeal": Row(NOT_OFFERED, JUDGE, {"put_back": ""}),
    "answer_appeal": Row(NOT_OFFERED, JUDGE, {"answer": "deny", "reasons": "It stands."}),
    "tasks": Row(READ),
    "finish_task": Row(NOT_OFFERED, TASKS, {"how": "by telephone"}),
    "send_again": Row(NOT_OFFERED, TASKS),
    "lists": Row(READ),
    "new_list": Row(
        WORK,
        WORK,
        {
            "title": "A list",
            "publisher": "Somebody",
            "published_on": "",
            "licence": "",
            "url": "",
            "policy": "",
            "platform": "local",
            "named_by": "handle",
            "text": "one\ntwo",
        },
    ),
    "list": Row(READ),
    "reinstatements": Row(READ),
    "new_reinstatement": Row(
        JUDGE,
        JUDGE,
        {
            "campaign": "",
            "list": "",
            "in_force_from": "",
            "in_force_to": "",
            "policy": "",
            "proposed_by": "",
            "decisions": "{decision}",
            "reason": "It was wrong.",
            "step": "open",
            "count": "1",
        },
    ),
    "reinstatement": Row(READ),
    "carry_out": Row(NOT_OFFERED, JUDGE),
    "platforms": Row(
        HERE,
        ADMIN,
        {"platform": "example.org", "kind": "matrix", "address": "https://example.org", "options": ""},
    ),
    "platform": Row(HERE),
    "switch_platform": Row(NOT_OFFERED, ADMIN, {"mode": "off"}),
    "look_at_platform": Row(NOT_OFFERED, ADMIN),
    "carry_out_again": Row(NOT_OFFERED, TASKS),
    "record": Row("LU"),
    "guest": Row(ALL, ALL),
    "media": Row(READ + "G"),
    "settings": Row(HERE),
    "people": Row(ADMIN, ADMIN, {"username": "esi", "name": "Esi", "email": "esi@example.org"}),
    "person": Row(ADMIN),
    "give_role": Row(NOT_OFFERED, ADMIN, {"role": "auditor"}),
    "end_role": Row(NOT_OFFERED, ADMIN, {"role": "reviewer"}),
    "new_password": Row(NOT_OFFERED, ADMIN),
    "shut_out": Row(NOT_OFFERED, ADMIN),
    "let_in": Row(NOT_OFFERED, ADMIN),
    "policies": Row(HERE),
    "add_policy": Row(LEAD, LEAD, POLICY),
    "policy": Row(HERE),
    "revise_policy": Row(LEAD, LEAD, POLICY),
    "retire_policy": Row(NOT_OFFERED, LEAD),
    "templates": Row(HERE),
    "new_template": Row(LEAD),
    "template": Row(HERE),
    "preview_template": Row(NOT_OFFERED, LEAD, WORDING),
    "write_template": Row(NOT_OFFERED, LEAD, WORDING),
    "tokens": Row(HERE, HERE, {f"own-{name}": value for name, value in KEY.items()}),
    "source_tokens": Row(
        ADMIN, ADMIN, {f"source-{name}": value for name, value in KEY.items()} | {"source-source": "{source}"}
    ),
    "end_token": Row(NOT_OFFERED, HERE),
    "sources": Row(
        ADMIN,
        ADMIN,
        {"name": "a flagger", "kind": "trusted_flagger", "areas": "", "valid_from": "", "valid_to": ""},
    ),
    "source": Row(ADMIN, ADMIN, {"areas": "harassment", "valid_from": "", "valid_to": "2030-01-01T00:00"}),
    "webhooks": Row(ADMIN, ADMIN, {"url": "https://example.org/new", "events": "decision.reversed"}),
    "webhook": Row(ADMIN),
    "stop_webhook": Row(NOT_OFFERED, ADMIN),
    "retention": Row(HERE),
    "retention_rule": Row(LEAD, LEAD, {"days": "90"}),
    "public:about": Row(ALL),
    "public:notice": Row(ALL),
    "public:on_behalf": Row(
        ALL, ALL, {"account": "chidi", "filed_by": "crowd", "text": "wrong", "name": "Esi", "email": ""}
    ),
    "public:received": Row(ALL),
    "public:appeal": Row(ALL, ALL, {"text": "They only quoted it.", "email": "chidi@example.org"}),
    "public:report": Row(ALL, ALL, REPORT),
    "public:status": Row(ALL),
}
NUMBERED = {
    "case_id",
    "evidence_id",
    "decision_id",
    "batch_id",
    "campaign_id",
    "setting_aside_id",
    "link_id",
    "appeal_id",
    "task_id",
    "notice_id",
    "list_id",
    "wave_id",
    "filter_id",
    "person_id",
    "policy_id",
    "token_id",
    "source_id",
    "webhook_id",
    "connection_id",
    "command_id",
}
NOTHING = 10**12
"""The number of no row."""


def addresses() -> dict[str, list[str]]:
    """Every named address of the console and the public pages, with the names of what stands in it."""
    found = {f"{room}{pattern.name}": pattern for room, patterns in _rooms() for pattern in patterns}
    return {name: list(pattern.pattern.converters) for name, pattern in found.items()}


def _rooms() -> list[tuple[str, list[URLPattern]]]:
    return [("", console.urlpatterns), ("public:", public.urlpatterns)]


def things(house: House) -> dict[str, object]:
    """What stands in addresses: one of each kind that there is."""
    decision = house.decisions[0]
    bram = house.bram
    aside = SettingAside.objects.create(
        campaign=house.campaign, why="w", made_by=bram, made_at=decision.proposed_at
    )
    Opinion.objects.get_or_create(
        case=house.waiting[0], person=house.alice, defaults={"asked_at": decision.proposed_at}
    )
    outside = house.outside(0)
    refused = refused_command(decision)
    return {
        "case_id": decision.case_id,
        "evidence_id": Evidence.objects.filter(account=decision.account)
        .order_by("pk")
        .values_list("pk", flat=True)[0],
        "decision_id": decision.pk,
        "batch_id": house.batch,
        "campaign_id": house.campaign.pk,
        "setting_aside_id": aside.pk,
        "link_id": house.links[-1].pk,
        "appeal_id": decision.appeals.get(filed_by="crowd").pk,
        "task_id": Task.objects.filter(decision=decision).order_by("pk").values_list("pk", flat=True)[0],
        "notice_id": Notice.objects.filter(decision=decision).order_by("pk").values_list("pk", flat=True)[0],
        "list_id": PublishedList.objects.get().pk,
        "wave_id": house.wave,
        "filter_id": SavedFilter.objects.create(person=bram, name="his", query="lane=priority").pk,
        "person_id": house.alice.pk,
        "policy_id": Policy.objects.get(code="harassment").pk,
        "token_id": Token.objects.create(
            name="his key", digest="d", scopes=["cases:read"], person=bram, made_at=decision.proposed_at
        ).pk,
        "source_id": house.forum.pk,
        "webhook_id": house.hook.pk,
        "connection_id": refused.connection_id,
        "command_id": refused.pk,
        "kind": "report_outcome",
        "language": "en",
        "token": "no-such-invitation",
        "signed": outside["notice"].removeprefix("/notice/"),
        "receipt": outside["status"].removeprefix("/report/"),
    }


def refused_command(decision: Decision) -> Command:
    """A platform that refused what a decision asked of it."""
    at = decision.proposed_at
    there = Connection.objects.create(
        platform="town", kind="matrix", address="https://town.example", mode="read_only", added_at=at
    )
    return Command.objects.create(
        dispatch=Dispatch.objects.create(
            key="command:of-the-table",
            lane=f"platform:{there.pk}:account:{decision.account_id}",
            channel="platform",
            account=decision.account,
            decision=decision,
            state="failed",
            queued_at=at,
            not_before=at,
        ),
        connection=there,
        action="suspend",
        gives_back=False,
        expires_at=at,
        ended="refused",
        code="legal_hold",
    )


def special(name: str, house: House) -> dict[str, object]:
    """Where the same name means another thing."""
    return {
        "retention_rule": {"kind": "notes"},
        "decide": {"case_id": house.waiting[-1].pk},
        "public:appeal": {"signed": house.outside(0)["own appeal"].removeprefix("/appeal/")},
    }.get(name, {})


def pages_of(house: House, known: Mapping[str, object]) -> dict[str, str]:
    """The address of each name, in this house."""
    found = {name: (places, {**known, **special(name, house)}) for name, places in addresses().items()}
    return {name: reverse(name, args=[at[place] for place in places]) for name, (places, at) in found.items()}


def form_of(name: str, house: House) -> dict[str, str]:
    """The form of a row, with the ids of this house."""
    waiting = house.waiting[-1]
    ids = {
        "case": waiting.pk,
        "policy": house.policy.pk,
        "decision": house.decisions[0].pk,
        "source": house.forum.pk,
    }
    filled = {}
    for key, value in TABLE[name].form.items():
        for what, number in ids.items():
            value = value.replace(f"{{{what}}}", str(number))
        filled[key] = value
    return filled
