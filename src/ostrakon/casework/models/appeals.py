"""Appeals: heard by somebody else, by constraint."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ostrakon.casework.models.decisions import Decision
from ostrakon.casework.models.people import Person


class Appeal(models.Model):
    """Somebody asks that a decision be looked at again.

    A trigger of the database refuses a ``decided_by`` who took part in the decision (``Participation``, and the
    decision's own ``proposed_by`` and ``approved_by``).
    """

    class Status(models.TextChoices):
        """Where it stands."""

        OPEN = "open", _("waits")
        GRANTED = "granted", _("granted")
        DENIED = "denied", _("not granted")

    class FiledBy(models.TextChoices):
        """Who asks."""

        USER = "user", _("the person themselves")
        LAWYER = "lawyer", _("a lawyer")
        FRIEND = "friend", _("somebody who knows them")
        CROWD = "crowd", _("others who noticed")

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="appeals")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    filed_by = models.CharField(max_length=10, choices=FiledBy.choices)
    filed_at = models.DateTimeField()
    text = models.TextField(null=True, help_text="null: erased by its rule")
    name = models.CharField(
        max_length=200, blank=True, help_text="of who asks on somebody's behalf; erased by its rule"
    )
    email = models.EmailField(max_length=320, blank=True, help_text="erased by its rule")
    language = models.CharField(max_length=35, blank=True)
    due_at = models.DateTimeField()
    claimed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    claimed_until = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="appeals_decided"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reasons = models.TextField(
        null=True, help_text="the answer, in the reviewer's words; null: none yet, or erased"
    )

    class Meta:
        """One open appeal a decision and side; a decided one says by whom and when."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["decision"],
                condition=Q(status="open", filed_by="user"),
                name="one_open_appeal_of_the_person",
            ),
            models.CheckConstraint(
                condition=Q(status="open", decided_by__isnull=True, decided_at__isnull=True)
                | Q(status__in=["granted", "denied"], decided_by__isnull=False, decided_at__isnull=False),
                name="decided_appeal_says_by_whom",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "due_at"], name="appeals_by_deadline")]

    def __str__(self) -> str:
        return f"appeal {self.pk}"
