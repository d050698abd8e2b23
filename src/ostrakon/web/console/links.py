"""Links to suspended accounts: those that wait, and one with its evidence for and against before any number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from ostrakon.casework.actions.judge_link import LONGEST_REASONS, OVER, judge_link
from ostrakon.casework.handles import current_handles
from ostrakon.casework.links_for_a_page import behind, last_searches, link_page, other_links, waiting_links
from ostrakon.casework.models import LinkJudgement
from ostrakon.casework.permissions import Act, may
from ostrakon.errors import NotThere, Refused, Unfit
from ostrakon.triage.models import Link
from ostrakon.web.api.problems import refusal
from ostrakon.web.console.doors import Visit, page
from ostrakon.web.console.paging import Part, after_in, newest_first, part_of

Verdict = LinkJudgement.Verdict
CHANNELS: Mapping[str, str | Promise] = {
    "handle": gettext_lazy("handle"),
    "display name": gettext_lazy("display name"),
    "bio": gettext_lazy("description of oneself"),
    "neighbours": gettext_lazy("rare neighbours"),
    "avatar": gettext_lazy("picture"),
    "time": gettext_lazy("time"),
    "polarity": gettext_lazy("how they meet"),
}
NAMES = frozenset({"handle", "avatar"})
SAID_ELSEWHERE = frozenset({"neighbours", "time"})
"""The page shows them in the reader's language: a table of neighbours, and when both accounts were made."""
AGAINST: Mapping[str, Promise] = {
    "one of the two replies to, reverts, reports or blocks the other": gettext_lazy(
        "one of the two replies to, reverts, reports or blocks the other"
    ),
    "bears the name of somebody who fights the suspended account": gettext_lazy(
        "bears the name of somebody who fights the suspended account"
    ),
    "speaks about the suspended account, as fans, parodies and the press do": gettext_lazy(
        "speaks about the suspended account, as fans, parodies and the press do"
    ),
    "puts a word to the whole name of the suspended account, as fans and parodies do": gettext_lazy(
        "puts a word to the whole name of the suspended account, as fans and parodies do"
    ),
    "has a word in the bio that fans, critics or the press use": gettext_lazy(
        "has a word in the bio that fans, critics or the press use"
    ),
    "followed the suspended account while it was there": gettext_lazy(
        "followed the suspended account while it was there"
    ),
}
"""What the analysis says of how two accounts meet; a sentence that is not here stays as it was kept."""
FOLDED = frozenset({"bio", "display name"})
"""Words of suspended accounts can hurt to read: they are shown when somebody asks for them."""
SAID: Mapping[str, Promise] = {
    Verdict.SAME: gettext_lazy("Kept: the same person. Nothing follows by itself; a decision may cite it."),
    Verdict.DIFFERENT: gettext_lazy("Kept: not the same person. It is never suggested again."),
    Verdict.CANNOT_TELL: gettext_lazy("Kept: nobody can tell, so there is no link. It expires by itself."),
}


@require_safe
@page(Act.READ_CASES)
def links(request: Visit) -> HttpResponse:
    """Those that wait for a person; or those that were judged or are over, the newest first."""
    is_over = request.GET.get("over") == "yes"
    part = newest_first(other_links(), request) if is_over else _waiting(request)
    shown = {
        "part": part,
        "rows": _rows(part.rows),
        "is_over": is_over,
        "searches": last_searches(),
    }
    return render(request, "console/links.html", shown)


@require_safe
@page(Act.READ_CASES)
def link(request: Visit, link_id: int) -> HttpResponse:
    """One link."""
    return _page(request, link_id)


@require_POST
@page(Act.JUDGE_LINKS)
def judge(request: Visit, link_id: int) -> HttpResponse:
    """Say what one sees; a refusal brings back what was written."""
    verdict, reasons = request.POST.get("verdict", ""), request.POST.get("reasons", "")
    try:
        judge_link(request.user, link_id, verdict, reasons, timezone.now())
    except Refused as refused:
        return _page(request, link_id, refused)
    messages.success(request, str(SAID[verdict]), extra_tags=f"link-{link_id}")
    return redirect("links")


def _waiting(request: Visit) -> Part[Link]:
    after = after_in(request)
    if after is None:
        return part_of(waiting_links(), request)
    last = Link.objects.filter(pk=after).first()
    if last is None:
        raise Unfit(_("this page does not exist; begin with the first one"))
    return part_of(waiting_links().filter(behind(last)), request)


def _rows(found: Sequence[Link]) -> list[dict[str, Any]]:
    handles = _handles(found)
    return [
        {
            "link": each,
            "new": handles[each.account_id],
            "suspended": handles[each.suspended_account_id],
            "channels": [CHANNELS.get(name, name) for name in each.channels.split(";") if name],
        }
        for each in found
    ]


def _handles(found: Iterable[Link]) -> dict[int, str]:
    """How both accounts of each are called."""
    both = {
        account.pk: account.external_id
        for each in found
        for account in (each.account, each.suspended_account)
    }
    return both | current_handles(both)


def _page(request: Visit, link_id: int, refused: Refused | None = None) -> HttpResponse:
    found = link_page(link_id)
    if found is None:
        raise NotThere(_("there is no such link, or it is not for you"))
    handles = _handles([found.link, *found.others])
    return render(
        request,
        "console/link.html",
        {
            "page": found,
            "link": found.link,
            "new": handles[found.link.account_id],
            "suspended": handles[found.link.suspended_account_id],
            "evidence": _evidence(found.evidence),
            "others": _rows(found.others),
            "may_judge": may(request.user, Act.JUDGE_LINKS) and found.link.status not in OVER,
            "may_confirm": not found.needs_senior or may(request.user, Act.JUDGE_PROTECTED_LINKS),
            "verdicts": _verdicts(request.POST.get("verdict", "")),
            "reasons": request.POST.get("reasons", ""),
            "longest": LONGEST_REASONS,
            "problem": refused,
        },
        status=refusal(refused).status if refused else 200,
    )


def _verdicts(chosen: str) -> list[dict[str, Any]]:
    """What one may say, with its key."""
    keys = {Verdict.SAME: "s", Verdict.DIFFERENT: "d", Verdict.CANNOT_TELL: "t"}
    return [
        {"value": verdict.value, "label": verdict.label, "key": key, "is_chosen": verdict.value == chosen}
        for verdict, key in keys.items()
    ]


def _evidence(kept: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """As the templates show it; what was kept by an older version may lack something."""
    if kept is None:
        return None
    return {
        "sides": [
            {"is_for": True, "signs": _signs(kept.get("signs_for", ()))},
            {"is_for": False, "signs": _signs(kept.get("signs_against", ()))},
        ],
        "neighbours": kept.get("neighbours", ()),
        "nearest": kept.get("nearest"),
        "base_rate": kept.get("base_rate"),
    }


def _shown(sign: Mapping[str, Any]) -> dict[str, Any]:
    """What both show; once, where it is the same."""
    if sign["channel"] in SAID_ELSEWHERE:
        return {"new": "", "suspended": ""}
    if sign["channel"] == "polarity":
        said = sign["new"].rpartition(": ")[2]
        return {"new": AGAINST.get(said, said), "suspended": ""}
    return {
        "new": sign["new"],
        "suspended": "" if sign["suspended"] == sign["new"] else sign["suspended"],
    }


def _signs(signs: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "channel": CHANNELS.get(sign["channel"], sign["channel"]),
            **_shown(sign),
            "is_name": sign["channel"] in NAMES,
            "is_folded": sign["channel"] in FOLDED,
            "bits": sign["bits"],
            "popularity": sign["popularity"],
        }
        for sign in signs
    ]
