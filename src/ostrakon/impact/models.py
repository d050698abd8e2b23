"""What is too much to compute for a page, and is therefore measured by a worker."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ostrakon.casework.models import Person


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


class HistoryFile(models.Model):
    """A file of the time before this service, or beside it. Its bytes lie in the home folder, as they came."""

    kind = models.CharField(max_length=20, help_text="which table of the file contract it is")
    name = models.CharField(max_length=300, help_text="what it was called")
    platform = models.CharField(max_length=40, blank=True, help_text="whose accounts; empty: of none of ours")
    sha256 = models.CharField(max_length=64, help_text="of its bytes")
    size = models.BigIntegerField(help_text="in bytes")
    rows = models.BigIntegerField(help_text="that are used")
    rejected = models.JSONField(default=dict, help_text="rows that are not used, by problem")
    added_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(
        null=True, help_text="since then it is not read, and its bytes are gone"
    )

    class Meta:
        """The same bytes are of use once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "platform", "sha256"],
                condition=Q(withdrawn_at__isnull=True),
                name="history_file_is_kept_once",
            )
        ]

    def __str__(self) -> str:
        return f"history file {self.pk}"


class ImpactMeasurement(models.Model):
    """What was measured at a time, with all that is needed to measure it again. A row never changes."""

    as_of = models.DateTimeField(help_text="what happened later is not in it")
    policy = models.CharField(max_length=100, blank=True, help_text="of the decisions; empty: all")
    seed = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    versions = models.JSONField(help_text="of Ostrakon and the libraries that can change a number")
    sources = models.JSONField(help_text="each input: whose it is, its rows and its SHA-256")
    measures = models.TextField(help_text="figures and tables, by measure and group: JSON, byte for byte")
    sha256 = models.CharField(max_length=64, help_text="of the measures")

    class Meta:
        """The latest of a policy is found at once."""

        indexes: ClassVar = [models.Index(fields=["policy", "-as_of"], name="measurements_by_policy")]

    def __str__(self) -> str:
        return f"measurement {self.pk}"


class MeasuringAsked(models.Model):
    """Somebody asked a worker to measure now."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"asked by {self.person_id}"
