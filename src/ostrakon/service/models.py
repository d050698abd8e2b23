"""What the background jobs keep about themselves."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Job(models.Model):
    """One background job, whose worker it is at the moment, and how it went."""

    name = models.CharField(max_length=40, primary_key=True)
    taken_by = models.CharField(max_length=120, blank=True, help_text="the worker that runs it; empty: none")
    taken_until = models.DateTimeField(
        null=True, blank=True, help_text="then it is anybody's, unless its worker says that it lives"
    )
    succeeded_at = models.DateTimeField(null=True, blank=True, help_text="when a round last ended well")
    failed_at = models.DateTimeField(null=True, blank=True, help_text="when a round last failed")
    failures = models.PositiveIntegerField(default=0, help_text="rounds that failed since the last good one")
    failures_ever = models.PositiveBigIntegerField(default=0)

    class Meta:
        """A job in hand has its end."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(taken_by="") | models.Q(taken_until__isnull=False),
                name="job_in_hand_has_its_end",
            )
        ]

    def __str__(self) -> str:
        return self.name
