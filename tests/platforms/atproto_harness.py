"""A real atproto network for the tests: its people, as themselves, and its accidents; nothing of the connector."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count

import httpx
from tests.platforms.atproto_network import (
    WAIT_S,
    Answer,
    as_admin,
    asked,
    emitted,
    is_down,
    mails,
    new_account,
    repo,
    sent,
    soon,
)
from tests.platforms.harness import Credentials
from tests.platforms.proxy import Answer as Words
from tests.platforms.proxy import FaultProxy

from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.atproto.connection import Connection
from ostrakon.platforms.atproto.connector import AtprotoPlatform
from ostrakon.platforms.contract import AccountRef, ItemRef, Mode
from ostrakon.platforms.fake.faults import Fault

EMIT = "/xrpc/tools.ozone.moderation.emitEvent"
NUMBER = count(1)
WORDS = {
    Fault.LIMIT: Words.of(
        429, {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}, Retry_After="7"
    ),
    Fault.UNAUTHORISED: Words.of(
        401, {"error": "AuthenticationRequired", "message": "Authentication Required"}
    ),
    Fault.FORBIDDEN: Words.of(403, {"error": "Forbidden", "message": "Forbidden"}),
}
KINDS = ["Takedown", "ReverseTakedown", "Label", "Email", "Acknowledge"]
SLOW_S = 4.0
"""A real server on a busy machine takes longer than the proxy's second."""


class AtprotoHarness:
    """The network, and two proxies before PDS and Ozone that play the same faults."""

    def __init__(self, network: Answer, pds: FaultProxy, ozone: FaultProxy) -> None:
        self.network, self.pds, self.ozone = network, pds, ozone
        self.people: dict[str, Answer] = {}
        self.cids: dict[str, str] = {}
        self.reporting: dict[str, str] = {}

    def connect(
        self,
        *,
        mode: Mode = Mode.LIVE,
        credentials: Credentials = Credentials.VALID,
        reachable: bool = True,
        read_s: float = 10.0,
    ) -> AtprotoPlatform:
        staff = self.network["staff"]["moderator2"]
        identifier, password = staff["handle"], staff["password"]
        if credentials is Credentials.WRONG:
            password = "wrong-password"
        if credentials is Credentials.WITHOUT_RIGHTS:
            person = self.people[self.new_account("eve").id]
            identifier, password = person["handle"], person["password"]
        nobody = "http://127.0.0.1:9"
        connection = Connection(
            self.pds.url if reachable else nobody,
            self.ozone.url if reachable else nobody,
            self.network["ozone_did"],
            identifier,
            password,
            mode,
            plc_url=self.network["plc_url"],
        )
        return AtprotoPlatform(connection, read_s=read_s if read_s > 1 else SLOW_S - 0.5)

    # -- people ------------------------------------------------------------------------------------

    def new_account(self, name: str) -> AccountRef:
        person = new_account(self.network, f"{name}-{next(NUMBER)}")
        self.people[person["did"]] = person
        return AccountRef("atproto", person["did"], person["handle"])

    def remote_account(self) -> AccountRef:
        did = "did:web:elsewhere.example"
        return AccountRef("atproto", did, did, local=False)

    def id_of_nobody(self) -> str:
        return "did:plc:" + "".join(random.choices("abcdefghijklmnopqrstuvwxyz234567", k=24))

    def post(self, author: AccountRef, text: str) -> ItemRef:
        record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": datetime.now(UTC).isoformat()}
        body = {"repo": author.id, "collection": "app.bsky.feed.post", "record": record}
        made = sent(self.network["pds_url"], "com.atproto.repo.createRecord", body, self._token(author))
        self.cids[made["uri"]] = made["cid"]
        return ItemRef(author, made["uri"])

    def delete(self, item: ItemRef) -> None:
        body = {"repo": item.account.id, "collection": "app.bsky.feed.post", "rkey": item.id.split("/")[-1]}
        sent(self.network["pds_url"], "com.atproto.repo.deleteRecord", body, self._token(item.account))

    def show(self, account: AccountRef, name: str) -> None:
        record = {"$type": "app.bsky.actor.profile", "displayName": name}
        body = {"repo": account.id, "collection": "app.bsky.actor.profile", "rkey": "self", "record": record}
        sent(self.network["pds_url"], "com.atproto.repo.putRecord", body, self._token(account))

    def keep_company(self, account: AccountRef, other: AccountRef) -> str:
        now = datetime.now(UTC).isoformat()
        record = {"$type": "app.bsky.graph.follow", "subject": other.id, "createdAt": now}
        body = {"repo": account.id, "collection": "app.bsky.graph.follow", "record": record}
        sent(self.network["pds_url"], "com.atproto.repo.createRecord", body, self._token(account))
        return other.id

    def is_shut_out(self, account: AccountRef) -> bool:
        """They log in anew, and post."""
        person = self.people[account.id]
        body = {"identifier": account.id, "password": person["password"]}
        reply = httpx.post(
            f"{self.network['pds_url']}/xrpc/com.atproto.server.createSession", json=body, timeout=WAIT_S
        )
        if reply.status_code == 401:
            assert reply.json()["error"] == "AccountTakedown"
            return True
        person.update(reply.json())
        self.post(account, "I am here")
        return False

    def report(self, reporter: AccountRef, what: AccountRef | ItemRef, text: str) -> None:
        body = {
            "reasonType": "com.atproto.moderation.defs#reasonSpam",
            "reason": text,
            "subject": self._subject(what),
        }
        sent(
            self.network["ozone_url"],
            "com.atproto.moderation.createReport",
            body,
            self._reporting_token(reporter),
        )

    def forwarded_report(self, server: str, subject: AccountRef, text: str) -> None:
        raise NotImplementedError("no server hands on reports as its own")

    def messages(self, account: AccountRef) -> list[str]:
        return [str(mail["html"]) for mail in mails(self.network, self.people[account.id]["email"])]

    # -- other staff, the server itself ------------------------------------------------------------

    def by_somebody_else(self, action: PlatformAction, account: AccountRef) -> None:
        takes = action is PlatformAction.SUSPEND
        kind = "modEventTakedown" if takes else "modEventReverseTakedown"
        reply = emitted(self.network, kind, repo(account.id))
        assert reply.status_code == 200, reply.text
        assert soon(lambda: is_down(self.network, account.id) is takes)

    def end(self, account: AccountRef) -> None:
        as_admin(self.network, "com.atproto.admin.deleteAccount", {"did": account.id})

    def remove_report(self, report_id: str) -> None:
        raise NotImplementedError("reports do not vanish")

    def close_reports(self, account: AccountRef) -> None:
        assert emitted(self.network, "modEventAcknowledge", repo(account.id)).status_code == 200

    def differ(self, account: AccountRef) -> None:
        body = {"subject": repo(account.id), "takedown": {"applied": True, "ref": "by-hand"}}
        as_admin(self.network, "com.atproto.admin.updateSubjectStatus", body)

    def settle(self) -> None:
        time.sleep(0.1)

    # -- counting ----------------------------------------------------------------------------------

    def accounts(self) -> int:
        found, cursor = 0, ""
        while True:
            reply = httpx.get(
                f"{self.network['pds_url']}/xrpc/com.atproto.sync.listRepos",
                params={"limit": 1000, **({"cursor": cursor} if cursor else {})},
                timeout=WAIT_S,
            ).json()
            found, cursor = found + len(reply["repos"]), reply.get("cursor", "")
            if not cursor:
                return found

    def effects(self, account: AccountRef) -> int:
        types = [f"tools.ozone.moderation.defs#modEvent{kind}" for kind in KINDS]
        told = asked(
            self.network,
            "tools.ozone.moderation.queryEvents",
            subject=account.id,
            types=types,
            includeAllUserRecords=True,
            limit=100,
        )
        return len(told["events"])

    def changes_asked(self) -> int:
        return len(self.ozone.changing())

    def secrets(self) -> list[str]:
        staff = [one["password"] for one in self.network["staff"].values()]
        people = [text for one in self.people.values() for text in (one["password"], one["email"])]
        return [*staff, *people, "eyJ"]  # every token of atproto begins so

    # -- accidents ---------------------------------------------------------------------------------

    def order(
        self,
        fault: Fault,
        times: int = 1,
        *,
        everywhere: bool = False,
        about: str = "",
        behind_a_change: bool = False,
    ) -> None:
        self.ozone.faults.order(
            fault, times, everywhere=everywhere, about=about, behind_a_change=behind_a_change
        )

    def no_more_faults(self) -> None:
        self.ozone.faults.clear()

    # -- by themselves -----------------------------------------------------------------------------

    def _token(self, account: AccountRef) -> str:
        return str(self.people[account.id]["accessJwt"])

    def _reporting_token(self, reporter: AccountRef) -> str:
        """For straight reports: half the work of going through the PDS for each of a thousand."""
        if reporter.id not in self.reporting:
            reply = httpx.get(
                f"{self.network['pds_url']}/xrpc/com.atproto.server.getServiceAuth",
                params={
                    "aud": self.network["ozone_did"],
                    "lxm": "com.atproto.moderation.createReport",
                    "exp": int(time.time()) + 1800,
                },
                headers={"authorization": f"Bearer {self._token(reporter)}"},
                timeout=WAIT_S,
            )
            self.reporting[reporter.id] = reply.json()["token"]
        return self.reporting[reporter.id]

    def _subject(self, what: AccountRef | ItemRef) -> Answer:
        if isinstance(what, AccountRef):
            return repo(what.id)
        return {"$type": "com.atproto.repo.strongRef", "uri": what.id, "cid": self.cids[what.id]}


@contextmanager
def reached(network: Answer) -> Iterator[AtprotoHarness]:
    """The network, with a proxy before each of its two servers."""

    def changes(method: str, path: str) -> bool:
        return method == "POST" and path.startswith(EMIT)

    with (
        FaultProxy(network["pds_url"], words=WORDS, changes=changes) as pds,
        FaultProxy(network["ozone_url"], words=WORDS, changes=changes) as ozone,
    ):
        pds.faults = ozone.faults
        yield AtprotoHarness(network, pds, ozone)
