"""Which decisions a wrongful wave holds: those that a campaign, a list or a reviewer led to, or those named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from ostrakon.casework.actions.reverse import REVERSIBLE
from ostrakon.casework.areas import area
from ostrakon.casework.models import Decision
from ostrakon.errors import Unfit
from ostrakon.intake.models import Account, ListRow, Report


@dataclass(frozen=True)
class Wave:
    """What is known of a wave; None: it does not matter. A decision belongs to it if everything that is said fits."""

    decisions: Sequence[int] | None = None
    campaign: int | None = None
    published_list: int | None = None
    policy: int | None = None
    proposed_by: int | None = None
    in_force_from: datetime | None = None
    in_force_to: datetime | None = None
    """This moment itself does not count any more."""

    def chosen(self) -> QuerySet[Decision]:
        """Its decisions: those that found a violation, came into force and were not undone.

        Raises:
            Unfit: it would be all decisions, or all of a policy or of somebody: that is never meant.
        """
        if all(
            said is None for said in (self.decisions, self.campaign, self.published_list, self.in_force_from)
        ):
            raise Unfit("name the campaign, the list, the decisions, or since when they came into force")
        wanted = {
            "pk__in": self.decisions,
            "policy": self.policy,
            "proposed_by": self.proposed_by,
            "in_force_at__gte": self.in_force_from,
            "in_force_at__lt": self.in_force_to,
        }
        fitting = {name: value for name, value in wanted.items() if value is not None}
        standing = Decision.objects.filter(
            status__in=REVERSIBLE, outcome=Decision.Outcome.UPHELD, in_force_at__isnull=False
        )
        return standing.filter(*self._reported(), **fitting)

    def _reported(self) -> list[Q | Exists]:
        """By whom the cases had been reported when they were decided; the accounts first: there are few of them."""
        conditions: list[Q | Exists] = []
        if self.campaign is not None:
            targets = Account.objects.filter(campaigns=self.campaign)
            conditions += [Q(account__in=targets), _had_reports(Q(reporter__campaigns=self.campaign))]
        if self.published_list is not None:
            lines = ListRow.objects.filter(list=self.published_list, report__isnull=False)
            conditions += [
                Q(account__in=lines.values("account")),
                _had_reports(Q(pk__in=lines.values("report"))),
            ]
        return conditions


def _had_reports(by: Q) -> Exists:
    before = Q(account=OuterRef("account"), received_at__lte=OuterRef("in_force_at"))
    on_the_case = Report.objects.filter(by, before).annotate(area=area()).filter(area=OuterRef("policy"))
    return Exists(on_the_case)
