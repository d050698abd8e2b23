"""What a machine could not do and a person must."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ostrakon.casework.models.cases import Case
from ostrakon.casework.models.decisions import Decision
from ostrakon.casework.models.notices import Notice
from ostrakon.casework.models.people import Person


class Task(models.Model):
    """Something for a person. It never vanishes by itself."""

    class Kind(models.TextChoices):
        """What is to be done."""

        NOTICE_FAILED = "notice_failed", _("a notice could not be delivered")
        NO_CONTACT = "no_contact", _("nobody knows how to reach this person")
        COMMAND_REFUSED = "command_refused", _("a platform refused a command")
        WEBHOOK_FAILED = "webhook_failed", _("a webhook could not be delivered")
        CONNECTION_HALTED = "connection_halted", _("a connection to a platform must be mended")
        ACCOUNT_DIFFERS = "account_differs", _("an account differs from what was decided")
        LINK_REVOKED = "link_revoked", _("a link that a decision cites stands no more")
        REPORT_UNPLACED = "report_unplaced", _("a report names no account")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="tasks")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="tasks")
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, null=True, related_name="tasks")
    detail = models.CharField(max_length=500, blank=True)
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_how = models.CharField(max_length=500, blank=True)

    class Meta:
        """A notice makes one open task of a kind."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["notice", "kind"],
                condition=Q(done_at__isnull=True, notice__isnull=False),
                name="one_open_task_a_notice",
            )
        ]

    def __str__(self) -> str:
        return f"task {self.pk}"
