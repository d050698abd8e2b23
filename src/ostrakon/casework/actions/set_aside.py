"""Set the reports of a campaign aside for some cases, and take that back. No report is removed, nobody is penalised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import override

from ostrakon.casework.bulk import rewrite
from ostrakon.casework.models import Case, Person, SetAsideCase, SettingAside
from ostrakon.casework.permissions import Act, require
from ostrakon.casework.pressure import with_reports_set_aside
from ostrakon.casework.setting_aside import IN_FORCE, reports_by_members
from ostrakon.casework.texts import fit
from ostrakon.errors import NotInThisState, NotThere, Unfit
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record
from ostrakon.triage.models import Campaign

MOST = 200
"""Cases at once."""
LONGEST_WHY = 2_000


def set_aside(
    person: Person, campaign_id: int, cases: Sequence[int], why: str, now: datetime
) -> SettingAside:
    """From the next run on, what the members of a campaign reported does not count for these cases.

    The members are those that its run found. The reports stay and stay to be seen, and what the members report about
    others counts as before. The cases are under pressure, whatever a later run finds.

    Args:
        why: for colleagues; at most 2,000 characters.
    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such campaign, or one of the cases does not exist.
        Unfit: the reason or the cases are missing or too many, or no member reported one of them.
        NotInThisState: for one of the cases it was done before.
    """
    said = fit(why, "the reason", longest=LONGEST_WHY)
    with transaction.atomic():
        require(person, Act.SET_ASIDE)
        held = _held(cases)
        campaign = Campaign.objects.filter(pk=campaign_id).first()
        if campaign is None:
            raise NotThere("there is no such campaign")
        found = reports_by_members(campaign, held)
        if not all(found[case.account_id, case.policy_id] for case in held):
            raise Unfit("nobody of this campaign reported one of these cases: there is nothing to set aside")
        if SetAsideCase.objects.filter(IN_FORCE, setting_aside__campaign=campaign, case__in=held).exists():
            raise NotInThisState("for one of these cases the reports of this campaign were set aside before")
        made = SettingAside.objects.create(campaign=campaign, why=said, made_by=person, made_at=now)
        SetAsideCase.objects.bulk_create(
            SetAsideCase(setting_aside=made, case=case, reports=found[case.account_id, case.policy_id])
            for case in held
        )
        _put_under_pressure(held)
        _record(Kind.REPORTS_SET_ASIDE, person, made)
        return made


def take_back(person: Person, setting_aside_id: int, why: str, now: datetime) -> SettingAside:
    """From the next run on, the reports count again; that run also says whether the cases are under pressure.

    Args:
        why: for colleagues; at most 2,000 characters.
    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: nothing of this number was set aside.
        NotInThisState: it was taken back before.
        Unfit: the reason is missing or too long.
    """
    said = fit(why, "the reason", longest=LONGEST_WHY)
    with transaction.atomic():
        require(person, Act.SET_ASIDE)
        items = SetAsideCase.objects.filter(setting_aside=setting_aside_id)
        held = list(_hold([*items.values_list("case", flat=True)]))
        if not held:
            raise NotThere("nothing of this number was set aside")
        stands = SettingAside.objects.filter(pk=setting_aside_id, taken_back_at__isnull=True)
        if stands.update(taken_back_by=person, taken_back_at=now, taken_back_why=said) != 1:
            raise NotInThisState("this was taken back before")
        _note_changes(held)
        made = SettingAside.objects.get(pk=setting_aside_id)
        _record(Kind.REPORTS_TAKEN_BACK, person, made)
        return made


def _held(cases: Sequence[int]) -> list[Case]:
    wanted = set(cases)
    if not 1 <= len(wanted) <= MOST:
        raise Unfit("reports are set aside for between 1 and {most} cases", most=MOST)
    held = _hold([*wanted])
    if len(held) < len(wanted):
        raise NotThere("one of these cases does not exist, or is not for you")
    return held


def _hold(cases: Sequence[int]) -> list[Case]:
    return list(Case.objects.filter(pk__in=cases).order_by("pk").select_for_update(no_key=True))


def _put_under_pressure(held: Sequence[Case]) -> None:
    with override("en"):  # the language of the row, whatever the person reads
        for case in held:
            case.under_pressure, case.pressure = True, with_reports_set_aside(case.pressure)
    rewrite(held, ("under_pressure", "pressure"))
    _note_changes(held)


def _note_changes(held: Sequence[Case]) -> None:
    """Whoever looks at one of these cases now looks again before they decide."""
    Case.objects.filter(pk__in=[case.pk for case in held]).update(version=F("version") + 1)


def _record(kind: Kind, person: Person, made: SettingAside) -> None:
    items = made.items.order_by("case").values_list("case", "reports")
    record(
        kind,
        actor=person.actor,
        subject=f"setting_aside:{made.pk}",
        facts={
            "campaign": made.campaign_id,
            "cases": [case for case, _ in items],
            "reports": sum(reports for _, reports in items),
        },
    )
