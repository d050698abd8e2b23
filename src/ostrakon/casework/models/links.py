"""What people said about links to suspended accounts, and which decisions cite one that was confirmed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ostrakon.casework.models.decisions import Decision
from ostrakon.casework.models.people import Person
from ostrakon.triage.models import Link


class LinkJudgement(models.Model):
    """Somebody looked at a link and said what they see. The latest one counts; none is ever changed.

    Triggers: a link has the verdict of its latest judgement, and no verdict without one; where the new account is the
    older of the two, or reported the other, only a safety lead says that both are one person's.
    """

    class Verdict(models.TextChoices):
        """What they see."""

        SAME = "same", _("the same person")
        DIFFERENT = "different", _("not the same person")
        CANNOT_TELL = "cannot_tell", _("cannot tell")

    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="judgements")
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    reasons = models.TextField(null=True, help_text="in the reviewer's words; null: erased by its rule")
    judged_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="links_judged")
    judged_at = models.DateTimeField()
    as_senior = models.BooleanField(help_text="by a safety lead")

    class Meta:
        """A verdict is one of three."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(verdict__in=["same", "different", "cannot_tell"]),
                name="verdict_on_a_link_is_one_of_three",
            )
        ]

    def __str__(self) -> str:
        return f"{self.verdict}, of link {self.link_id}"


class LinkCitation(models.Model):
    """A decision cites a link as evidence.

    Triggers: the link is of the decision's own account and confirmed, both when it is cited and when the decision
    comes into force; it is cited while the decision is proposed, and that never changes.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="citations")
    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="citations")

    class Meta:
        """A link once a decision."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["decision", "link"], name="link_is_cited_once_a_decision")
        ]

    def __str__(self) -> str:
        return f"citation of link {self.link_id}"
