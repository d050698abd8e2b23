"""What can be done on atproto by Ozone, and what shows that it was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.atproto.state import ITEM_TAKENDOWN, PDS_TAKEDOWN, label_flag
from ostrakon.platforms.contract import ActionTraits, Capabilities, ReportKind

WARNING = "!warn"
"""Apps that follow a labeler show a warning that can be clicked away."""


@dataclass(frozen=True)
class _Pair:
    done: PlatformAction
    undone: PlatformAction
    flag: str
    asynchronous: bool = False
    resolves_reports: bool = False
    local_only: bool = True


def capabilities_of(limit_label: str = WARNING) -> Capabilities:
    """What this connector offers, with the label that ``limit`` stands for.

    - A takedown of an account reaches its PDS by a queue of Ozone's: it is proven by the PDS.
    - A takedown of a single record (``quarantine``) and a label stay at Ozone, whose labels the apps follow: they hold
      for accounts of other servers too, but only for those who follow.
    - Ozone closes the review of a subject that it takes down; the reports themselves stay among its events.
    """
    pairs = (
        _Pair(
            PlatformAction.SUSPEND,
            PlatformAction.UNSUSPEND,
            PDS_TAKEDOWN,
            asynchronous=True,
            resolves_reports=True,
            local_only=False,
        ),
        _Pair(PlatformAction.LIMIT, PlatformAction.UNLIMIT, label_flag(limit_label)),
        _Pair(PlatformAction.LABEL, PlatformAction.UNLABEL, ""),
        _Pair(PlatformAction.QUARANTINE, PlatformAction.UNQUARANTINE, ITEM_TAKENDOWN, resolves_reports=True),
    )
    actions = {action: traits for pair in pairs for action, traits in _both(pair).items()}
    return Capabilities(
        reports=frozenset({ReportKind.ACCOUNT, ReportKind.ITEM}),
        actions=actions,
        notices=True,
        notice_keys=True,
        remote_accounts=True,
    )


def _both(pair: _Pair) -> Mapping[PlatformAction, ActionTraits]:
    """The action and what gives it back. The same again under the same key is refused by Ozone, or already so."""
    return {
        pair.done: ActionTraits(
            undone_by=pair.undone,
            repeats_safely=True,
            asynchronous=pair.asynchronous,
            resolves_reports=pair.resolves_reports,
            local_only=pair.local_only,
            flag=pair.flag,
        ),
        pair.undone: ActionTraits(
            undone_by=pair.done,
            repeats_safely=True,
            asynchronous=pair.asynchronous,
            local_only=pair.local_only,
            flag=pair.flag,
            flag_when_done=False,
        ),
    }
