"""What is too much to compute for a page, and is therefore measured by a worker."""

from __future__ import annotations

from django.db import models


class MeasuredAgreement(models.Model):
    """How far reviewers agreed at some time. A row is written when it changed, so the rows are its history."""

    at = models.DateTimeField()
    cases = models.PositiveIntegerField(help_text="with two opinions at least")
    share = models.FloatField(help_text="of the pairs of opinions on a case, those that agree")
    share_low = models.FloatField(help_text="of its 90 % interval")
    share_high = models.FloatField()
    alpha = models.FloatField(null=True, help_text="Krippendorff's; null: all opinions are the same")
    alpha_low = models.FloatField(null=True)
    alpha_high = models.FloatField(null=True)

    def __str__(self) -> str:
        return f"agreement on {self.cases} cases"
