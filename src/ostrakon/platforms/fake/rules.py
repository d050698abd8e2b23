"""How the fake platform behaves, by switches: where real platforms disagree, it plays each side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ostrakon.platforms.actions import UNDONE_BY, PlatformAction
from ostrakon.platforms.contract import ActionTraits, Capabilities, ReportKind

SUSPENSIONS = frozenset({PlatformAction.SUSPEND, PlatformAction.UNSUSPEND})
FLAGS: Mapping[PlatformAction, str] = {
    PlatformAction.SUSPEND: "suspended",
    PlatformAction.LIMIT: "limited",
    PlatformAction.LOCK: "locked",
    PlatformAction.DEACTIVATE: "deactivated",
    PlatformAction.REDACT: "redacted",
    PlatformAction.QUARANTINE: "quarantined",
    PlatformAction.LABEL: "labelled",
}
"""What an action sets. Its undoing clears the same."""
UNDONE_HERE: Mapping[PlatformAction, PlatformAction] = {
    action: undo for action, undo in UNDONE_BY.items() if action is not PlatformAction.DEACTIVATE
}
"""A deactivated account does not come back here."""
TAKES: Mapping[PlatformAction, PlatformAction] = {
    **{undo: action for action, undo in UNDONE_HERE.items()},
    **{action: action for action in FLAGS},
}
"""Each action with the one whose flag it is about."""
DESK, HOME = "desk.suspended", "home.suspended"
"""Two sources: the desk of the moderators, which is told at once, and the account's home, which hears of it later."""


@dataclass(frozen=True)
class Rules:
    """The defaults are the strictest of each."""

    asynchronous: bool = True
    """Suspensions and redactions have their effect when ``FakeService.work`` is called."""
    repeats_safely: bool = False
    """False: the same again is a second strike, and a second mail where it notifies."""
    objects_to_repeats: bool = False
    """It answers 409 to what is so already."""
    two_sources: bool = True
    remote_accounts: bool = True
    """It acts on accounts of other servers too, for itself alone."""
    rows_vanish: bool = True
    resolves_reports: bool = True
    notifies: bool = False
    """Suspensions write a mail by themselves, unless they are told not to."""
    notice_keys: bool = True
    calls_a_minute: int | None = None
    """Changes a minute, by the clock of the service; None: as many as come."""

    @property
    def suspension_flag(self) -> str:
        """The flag that proves a suspension."""
        return HOME if self.two_sources else FLAGS[PlatformAction.SUSPEND]

    def flag_of(self, action: PlatformAction) -> str:
        """The flag that an action sets or clears."""
        return self.suspension_flag if action in SUSPENSIONS else FLAGS[TAKES[action]]


STRICTEST = Rules()
MILD = Rules(
    asynchronous=False,
    repeats_safely=True,
    two_sources=False,
    remote_accounts=False,
    rows_vanish=False,
    resolves_reports=False,
)
"""As simple as a platform can be."""
TALKATIVE = Rules(objects_to_repeats=True, two_sources=False, notifies=True, notice_keys=False)
"""It writes to people by itself, and minds being told twice."""


def capabilities_of(rules: Rules) -> Capabilities:
    """What the connector says of a platform with these rules."""
    return Capabilities(
        reports=frozenset(ReportKind),
        actions={action: _traits(action, rules) for action in TAKES},
        notices=True,
        notice_keys=rules.notice_keys,
        remote_accounts=rules.remote_accounts,
        rows_vanish=rules.rows_vanish,
    )


def _traits(action: PlatformAction, rules: Rules) -> ActionTraits:
    is_suspension = action in SUSPENSIONS
    undoes = action not in FLAGS
    return ActionTraits(
        undone_by=TAKES[action] if undoes else UNDONE_HERE.get(action),
        repeats_safely=rules.repeats_safely,
        asynchronous=rules.asynchronous and (is_suspension or action is PlatformAction.REDACT),
        notifies=rules.notifies and action is PlatformAction.SUSPEND,
        resolves_reports=rules.resolves_reports and not undoes,
        local_only=rules.remote_accounts,
        flag=rules.flag_of(action),
        flag_when_done=not undoes,
    )
