"""What an action does on the fake platform, by its rules."""

from __future__ import annotations

from dataclasses import dataclass

from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.fake.rules import DESK, FLAGS, SUSPENSIONS, TAKES, UNDONE_HERE
from ostrakon.platforms.fake.service import FakeService, Task


@dataclass(frozen=True)
class Act:
    """One action that a moderator asks for."""

    account: str
    action: PlatformAction
    by: str
    label: str = ""
    text: str = ""
    """What a mail says that the platform sends by itself."""
    notifies: bool = True


def is_so(service: FakeService, act: Act) -> bool:
    """Does it hold already, or is it on its way?"""
    found = service.accounts[act.account]
    if TAKES[act.action] is PlatformAction.LABEL:
        return (act.label in found.labels) == takes(act.action)
    on_its_way = any(task.type == act.action for task in service.waiting(act.account))
    return on_its_way or (service.rules.flag_of(act.action) in found.flags) == takes(act.action)


def takes(action: PlatformAction) -> bool:
    """Does it take something, or give it back?"""
    return action in FLAGS


def act_on(service: FakeService, act: Act) -> Task | None:
    """Carry it out; a task: when its time comes. Whoever asks twice does it twice, unless repeating is safe."""
    if service.rules.repeats_safely and is_so(service, act):
        return None
    service.add_strike(act.account)
    if service.rules.resolves_reports and takes(act.action):
        service.close_reports(act.account)
    if service.rules.notifies and act.action is PlatformAction.SUSPEND and act.notifies:
        service.tell(act.account, act.text, by_itself=True)
    if act.action in SUSPENSIONS and service.rules.two_sources:
        service.put(act.account, DESK, on=takes(act.action), by=act.by)
    if service.rules.asynchronous and (act.action in SUSPENSIONS or act.action is PlatformAction.REDACT):
        return service.begin(act.account, act.action)
    take_effect(service, act)
    return None


def take_effect(service: FakeService, act: Act) -> None:
    """The flag is set or cleared."""
    service.put(act.account, service.rules.flag_of(act.action), on=takes(act.action), by=act.by)
    if TAKES[act.action] is PlatformAction.LABEL:
        found = service.accounts[act.account]
        found.labels = found.labels | {act.label} if takes(act.action) else found.labels - {act.label}
        service.put(act.account, "labelled", on=bool(found.labels), by=act.by)


def work(service: FakeService) -> int:
    """Do all work that waits, unless it is stuck; how much that was."""
    if service.is_stuck:
        return 0
    waiting = [task for tasks in service.waiting_tasks.values() for task in tasks]
    service.waiting_tasks.clear()
    for task in waiting:
        take_effect(service, Act(task.account, PlatformAction(task.type), by="the worker"))
        task.state = "done"
    return len(waiting)


def can(action: str) -> bool:
    """Does the platform know it?"""
    return action in {*FLAGS, *UNDONE_HERE.values()}
