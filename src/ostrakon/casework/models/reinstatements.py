"""A wrongful wave undone: one case, all its accounts, a receipt for each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ostrakon.casework.models.decisions import Decision
from ostrakon.casework.models.people import Person


class Reinstatement(models.Model):
    """Many decisions reversed together, for one reason."""

    reason = models.TextField()
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"reinstatement {self.pk}"


class ReinstatementItem(models.Model):
    """One decision of the wave and what became of it."""

    class State(models.TextChoices):
        """What became of it."""

        WAITS = "waits", _("waits")
        REVERSED = "reversed", _("reversed")
        ALREADY = "already", _("had ended before")

    reinstatement = models.ForeignKey(Reinstatement, on_delete=models.PROTECT, related_name="items")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITS)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A decision stands in a wave once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reinstatement", "decision"], name="decision_is_in_a_wave_once")
        ]

    def __str__(self) -> str:
        return f"item of reinstatement {self.reinstatement_id}"
