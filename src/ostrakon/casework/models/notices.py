"""What people are told: the statement of reasons and its kin, as they were written."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ostrakon.casework.models.decisions import Decision
from ostrakon.casework.models.people import Person
from ostrakon.intake.models import Account, Reporter


class NoticeTemplate(models.Model):
    """The wording of a kind of notice in one language. A change is a new version."""

    class Kind(models.TextChoices):
        """What a notice is for."""

        STATEMENT_OF_REASONS = "statement_of_reasons", _("statement of reasons, to the account")
        REINSTATEMENT = "reinstatement", _("reinstatement, to the account")
        APPEAL_RECEIVED = "appeal_received", _("receipt of an appeal")
        APPEAL_DENIED = "appeal_denied", _("an appeal that was not granted")
        REPORT_OUTCOME = "report_outcome", _("outcome, to a reporter")

    kind = models.CharField(max_length=24, choices=Kind.choices)
    language = models.CharField(max_length=35)
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=200)
    body = models.TextField(help_text="Django template over the fields of the statement")
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        """Versions are numbered from 1 for a kind and language."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "language", "version"], name="template_version_is_written_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language}) v{self.version}"


class Notice(models.Model):
    """One message to one person, as it was written. How it travels is enforcement's.

    To an account it never names a reporter; to a reporter it never says more than the outcome.
    """

    kind = models.CharField(max_length=24, choices=NoticeTemplate.Kind.choices)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="notices")
    appeal = models.ForeignKey("casework.Appeal", on_delete=models.PROTECT, null=True, related_name="notices")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="notices")
    reporter = models.ForeignKey(Reporter, on_delete=models.PROTECT, null=True, related_name="notices")
    language = models.CharField(max_length=35)
    template = models.ForeignKey(NoticeTemplate, on_delete=models.PROTECT, related_name="+")
    statement = models.JSONField(
        null=True, help_text="the fields the text was made from; null: erased by its rule"
    )
    subject = models.CharField(max_length=300, null=True)
    body = models.TextField(null=True)
    written_at = models.DateTimeField()

    class Meta:
        """One recipient; one statement of reasons a decision; one answer a reporter and decision."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(account__isnull=False, reporter__isnull=True)
                | Q(account__isnull=True, reporter__isnull=False),
                name="notice_has_one_recipient",
            ),
            models.UniqueConstraint(
                fields=["decision", "kind", "account"],
                condition=Q(account__isnull=False, appeal__isnull=True),
                name="one_notice_a_decision_and_kind",
            ),
            models.UniqueConstraint(
                fields=["appeal", "kind", "account"],
                condition=Q(account__isnull=False, appeal__isnull=False),
                name="one_notice_an_appeal_and_kind",
            ),
            models.UniqueConstraint(
                fields=["decision", "kind", "reporter"],
                condition=Q(reporter__isnull=False),
                name="one_outcome_a_reporter_and_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"
