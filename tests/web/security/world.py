"""A house in which everything that an outsider can write says what a test wants, brought in by the ordinary doors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import quote, urlencode

from django.test import Client
from django.utils import timezone
from tests.casework import case as made
from tests.casework import linking
from tests.web.case import key_of, person, send, signed_in, with_key
from tests.web.public.case import appeal_page_of, letter_about, page_of

from ostrakon.casework.actions.open_cases import open_cases
from ostrakon.casework.models import Appeal, Case, Decision, Notice, Person, Policy, Role, Task
from ostrakon.enforcement.models import Attempt, Dispatch, Webhook
from ostrakon.intake.models import Account, PublishedList, Report, Source
from ostrakon.triage.models import Campaign, Link, Run
from ostrakon.web.models import RateLimit
from ostrakon.web.receipts import receipt_of
from ostrakon.web.tokens import Scope

MARK = "Zq"
"""Ends everything that an outsider wrote: a page that shows none of it would prove nothing."""
OF_A_SOURCE = (Scope.REPORTS_WRITE, Scope.ACCOUNTS_WRITE, Scope.LISTS_WRITE)


class House:
    """What was brought in, and the pages that show it."""

    def __init__(self, said: Sequence[str]) -> None:
        self.said = said
        self.lead = person("lena", Role.SAFETY_LEAD, Role.ADMINISTRATOR, Role.APPEALS, Role.AUDITOR)
        self.alice, self.bram = person("alice", Role.REVIEWER), person("bram", Role.APPROVER)
        self.policy = Policy.objects.filter(code="harassment").first() or made.policy()
        self.forum = Source.objects.create(name=cut(said[0], 120), kind=Source.Kind.USER)
        self.program = with_key(key_of(self.forum, *OF_A_SOURCE))
        self.anybody = Client(raise_request_exception=False)
        for number, words in enumerate(said):
            self._told_by_a_program(words, number)
            self._told_by_a_form(words)
        self._published()
        open_cases(timezone.now())
        self.accounts = [Account.objects.get(external_id=self.account(n)) for n in range(len(said))]
        self.decisions = [self._decided(of) for of in self.accounts]
        self.notices = [self._appealed(*pair) for pair in zip(self.decisions, said, strict=True)]
        self.campaign = self._campaign()
        self.hook = self._heard()
        self.guest = self._invited()
        self.waiting = [Case.objects.get(account__external_id=f"form {cut(words, 500)}") for words in said]
        self.links = [self._linked(*pair) for pair in zip(self.waiting, said, strict=True)]
        self._proposed(self.waiting[0])
        self.batch = self._prepared(self.waiting[1:])
        self.wave = self._opened()

    def account(self, number: int) -> str:
        """Its id. The end of a line cannot stand in the address at which a program tells about it, and whoever names it
        in a form loses the blanks around it."""
        return " ".join(f"{cut(self.said[number], 480)} {number}".splitlines()).strip()

    def case(self, number: int) -> Case:
        return self.decisions[number].case

    def lists(self) -> dict[str, str]:
        """Pages that show all of them at once."""
        kept = PublishedList.objects.get()
        return {
            "queue": "/queue?" + urlencode({"q": self.account(0)}),
            "queue with all": "/queue",
            "changes": "/queue/changes?"
            + urlencode({"case": [self.case(n).pk for n in range(len(self.said))]}, True),
            "approvals": "/approvals",
            "appeals": "/appeals",
            "tasks": "/tasks",
            "new batch": f"/batches/new?policy={self.policy.pk}",
            "batches": "/batches",
            "batch": f"/batches/{self.batch}",
            "waves": "/reinstatements",
            "wave": f"/reinstatements/{self.wave}",
            "campaigns": "/campaigns",
            "campaign": f"/campaigns/{self.campaign.pk}",
            "links": "/links",
            "link": f"/links/{self.links[0].pk}",
            "lists": "/lists",
            "list": f"/lists/{kept.pk}",
            "new wave": f"/reinstatements/new?list={kept.pk}",
            "figures": "/figures",
            "record": "/record?" + urlencode({"subject": cut(self.said[0], 100)}),
            "sources": "/settings/sources",
            "source": f"/settings/sources/{self.forum.pk}",
            "tokens": "/settings/tokens",
            "webhooks": "/settings/webhooks",
            "webhook": f"/settings/webhooks/{self.hook.pk}",
            "people": "/settings/people",
            "guest's link": "/guest/" + quote(cut(self.said[0], 100).replace("/", "")),
        }

    def about(self, number: int) -> dict[str, str]:
        """Pages about one account."""
        decision = self.decisions[number]
        own, behalf = (decision.appeals.filter(filed_by=by).get() for by in ("user", "crowd"))
        return {
            "case": f"/cases/{decision.case_id}",
            "decision": f"/decisions/{decision.pk}",
            "appeal": f"/appeals/{own.pk}",
            "appeal on behalf": f"/appeals/{behalf.pk}",
        }

    def outside(self, number: int) -> dict[str, str]:
        """The pages for the person concerned and for who reported."""
        reported = Report.objects.filter(account=self.accounts[number]).first()
        assert reported is not None
        return {
            "notice": page_of(self.notices[number]),
            "own appeal": appeal_page_of(self.decisions[number]),
            "status": f"/report/{receipt_of(reported)}",
        }

    def colleague(self, language: str) -> Client:
        """A browser of somebody who may open everything."""
        return in_language(signed_in(self.lead), language)

    def _told_by_a_program(self, words: str, number: int) -> None:
        for account in (self.account(number), f"listed {number}"):
            about = {"handle": cut(words, 512), "notice_language": "en", "email": f"a{number}@example.org"}
            _well(send(self.program, f"/accounts/local/{quote(account, safe='')}", about, "put"))
        post = {cut(words, 150): cut(words, 2000), "post": {cut(words, 150): [cut(words, 2000)]}}
        kinds = (
            ("application/json", json.dumps(post)),
            ("text/html", cut(words, 20_000)),
            ("image/svg+xml", words),
        )
        for kind, content in kinds:
            report = {
                "report_id": f"{cut(words, 400)} {number} {kind}",
                "account": self.account(number),
                "reporter": cut(f"{kind} {words}", 500),
                "reported_at": timezone.now().isoformat(),
                "policy": "harassment" if kind == "application/json" else cut(words, 100),
                "text": cut(words, 20_000),
                "declared": f"call:{cut(words, 100)}" if kind == "text/html" else "",
                "evidence": {"content": content, "media_type": kind, "location": cut(words, 2000)},
            }
            _well(send(self.program, "/reports", report))

    def _told_by_a_form(self, words: str) -> None:
        RateLimit.objects.all().delete()
        told = {
            "account": f"form {cut(words, 500)}",
            "location": cut(words, 2000),
            "text": cut(words, 20_000),
        }
        who = {
            "name": cut(words, 200),
            "email": "esi@example.org",
            "good_faith": "on",
            "policy": "harassment",
        }
        answer = self.anybody.post("/report", {**told, **who})
        assert answer.status_code == 302, answer.content

    def _published(self) -> None:
        first = self.said[0]
        about = {
            "title": cut(first, 300),
            "publisher": cut(first, 100),
            "licence": cut(first, 100),
            "url": cut(first, 2000),
            "policy": "harassment",
            "platform": "local",
            "named_by": "id",
        }
        rows = "".join(
            f"{json.dumps({'account': name})}\n"
            for number, words in enumerate(self.said)
            for name in (
                f"listed {number}",
                f"\u202e{cut(words, 400)}",
            )  # the second cannot be read: shown as it is
        )
        path = f"/lists?{urlencode(about)}"
        _well(self.program.generic("POST", f"/api/v1{path}", rows.encode(), content_type="text/plain"))

    def _decided(self, of: Account) -> Decision:
        case = Case.objects.get(account=of, policy=self.policy)
        return made.decision_in_force(case, self.alice, self.bram, in_force_at=timezone.now())

    def _appealed(self, decision: Decision, words: str) -> Notice:
        RateLimit.objects.all().delete()
        notice = letter_about(decision)
        said = {"text": cut(words, 10_000), "email": "chidi@example.org"}
        assert self.anybody.post(appeal_page_of(decision), said).status_code == 302
        plea = {"account": decision.account.external_id, "filed_by": "crowd", "text": cut(words, 10_000)}
        assert self.anybody.post("/appeal", {**plea, "name": cut(words, 200)}).status_code == 302
        answered = Appeal.objects.filter(decision=decision, filed_by="user")
        answered.update(status="denied", reasons="No.", decided_by=self.lead, decided_at=timezone.now())
        about = {
            "kind": Task.Kind.WEBHOOK_FAILED,
            "case": decision.case,
            "decision": decision,
            "notice": notice,
        }
        Task.objects.create(opened_at=timezone.now(), detail=cut(words, 200), **about)
        return notice

    def _campaign(self) -> Campaign:
        now = timezone.now()
        run = Run.objects.create(
            started_at=now,
            finished_at=now,
            version="1",
            parameters={},
            seed=1,
            last_report=0,
            reports=0,
            decisions_as_of=now,
            input_sha256="0" * 64,
        )
        found = Campaign.objects.create(
            run=run,
            label="C1",
            kind="same hours",
            first_at=now - timedelta(days=1),
            last_at=now,
            lift=4.0,
            q_value=0.01,
            reports=9,
        )
        found.targets.set(self.accounts)
        found.members.set({report.reporter_id for report in Report.objects.filter(account__in=self.accounts)})
        return found

    def _linked(self, new: Case, words: str) -> Link:
        """A hypothesis whose evidence is what two accounts say of themselves."""
        name, text = cut(words, 500), cut(words, 2000)
        signs = [
            {"channel": channel, "new": name, "suspended": text, "bits": 2.0, "popularity": 3}
            for channel in ("handle", "bio", "neighbours", name)
        ]
        evidence = {
            "signs_for": signs,
            "signs_against": signs,
            "neighbours": [{"account": name, "popularity": 2, "is_followed": True}],
            "nearest": {"suspended_account": name, "probability": 0.1},
            "base_rate": 0.1,
        }
        return linking.link(
            new.account, self.accounts[0], evidence=evidence, channels="bio", found_at=timezone.now()
        )

    def _heard(self) -> Webhook:
        """What a mail server and a receiver of webhooks answered, as the outbox keeps it."""
        now = timezone.now()
        hook = Webhook.objects.create(
            url=f"https://example.org/{cut(self.said[0], 1000)}", secret="s", added_at=now
        )
        for number, words in enumerate(self.said):
            answer = cut(words, 500)
            ways = {
                "email": {"notice": self.notices[number]},
                "webhook": {"webhook": hook, "payload": {"type": answer}},
            }
            for channel, what in ways.items():
                kept = {
                    "queued_at": now,
                    "not_before": now,
                    "delivered_at": now,
                    "decision": self.decisions[number],
                }
                sent = Dispatch.objects.create(
                    key=f"{channel}-{number}",
                    channel=channel,
                    lane=f"{channel}-{number}",
                    state="delivered",
                    receipt=answer,
                    **kept,
                    **what,
                )
                Attempt.objects.create(
                    dispatch=sent, number=1, began_at=now, outcome="refused", detail=answer
                )
        return hook

    def _invited(self) -> Person:
        """A guest of a partner server, who chose their own name."""
        page = f"/cases/{self.case(0).pk}/guests"
        invited = signed_in(self.bram).post(
            page, {"server": cut(self.said[0], 255), "name": cut(self.said[0], 150)}
        )
        link = invited.content.decode().partition("<code>http://testserver")[2].partition("</code>")[0]
        assert Client().post(link).status_code == 302, invited.content
        return Person.objects.get(is_guest=True)

    def _proposed(self, on: Case) -> None:
        """Something for the page of approvals."""
        made.decision_in_force(on, self.alice, None, status="proposed", in_force_at=None)
        Case.objects.filter(pk=on.pk).update(status="proposed")

    def _prepared(self, cases: Sequence[Case]) -> int:
        """A batch of what came by the form."""
        plan = {
            "policy": self.policy.pk,
            "key": "k",
            "outcome": "rejected",
            "case": [f"{on.pk}:0" for on in cases],
        }
        answer = signed_in(self.alice).post("/batches/new", plan)
        assert answer.status_code == 302, answer.content
        return int(answer["Location"].rpartition("/")[2])

    def _opened(self) -> int:
        """A reinstatement of all that was decided."""
        numbers = " ".join(str(decision.pk) for decision in self.decisions)
        wave = {"step": "open", "count": str(len(self.decisions)), "reason": "wrong", "decisions": numbers}
        answer = signed_in(self.lead).post("/reinstatements/new", wave)
        assert answer.status_code == 302, answer.content
        return int(answer["Location"].rpartition("/")[2])


def cut(words: str, longest: int) -> str:
    """As long as a field takes, with the mark at its end."""
    return f"{words[: longest - len(MARK)]}{MARK}"


def in_language(browser: Client, language: str) -> Client:
    browser.cookies["django_language"] = language
    return browser


def _well(answer: object) -> None:
    status = getattr(answer, "status_code")  # noqa: B009 - a test client's answer has no type of its own
    assert status < 300, getattr(answer, "content", b"")[:500]
