"""What the analysis said, with all that is needed to say it again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ostrakon.intake.models import Account, Reporter


class Run(models.Model):
    """One valuation of everything up to a report, with the decisions as they stood."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    version = models.CharField(max_length=40, help_text="of Ostrakon")
    parameters = models.JSONField()
    seed = models.PositiveIntegerField()
    last_report = models.BigIntegerField(
        help_text="the id of the last report that was read; all before it were"
    )
    reports = models.PositiveIntegerField()
    decisions_as_of = models.DateTimeField(help_text="decisions that stood then were believed")
    input_sha256 = models.CharField(
        max_length=64, help_text="of the reports, accounts and decisions as they were read"
    )

    def __str__(self) -> str:
        return f"run {self.pk}"


class Valuation(models.Model):
    """What the reports on one account under one policy are worth. A new row only where the numbers changed."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="valuations")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="valuations")
    policy = models.CharField(max_length=100)
    reports = models.PositiveIntegerField()
    reporters = models.PositiveIntegerField()
    independent_reports = models.FloatField(help_text="the effective number of independent voices")
    campaigns = models.PositiveIntegerField(
        default=0, help_text="campaigns with at least two voices on this account under this policy"
    )
    probability = models.FloatField(
        help_text="that the account violates the policy, its own decision left out"
    )
    probability_low = models.FloatField()
    probability_high = models.FloatField(help_text="90 % interval")
    is_current = models.BooleanField(default=True)

    class Meta:
        """The standing valuation of an account and policy is one."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "policy"],
                condition=models.Q(is_current=True),
                name="one_current_valuation",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    probability_low__gte=0,
                    probability__gte=models.F("probability_low"),
                    probability_high__gte=models.F("probability"),
                    probability_high__lte=1,
                ),
                name="probability_lies_in_its_interval",
            ),
        ]

    def __str__(self) -> str:
        return f"valuation of account {self.account_id} under {self.policy}"


class Campaign(models.Model):
    """Coordinated reporting that a run found. Coordinated does not mean malicious."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="campaigns")
    label = models.CharField(max_length=20, help_text="C1, C2, ... in its run")
    kind = models.CharField(max_length=40)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    lift = models.FloatField(null=True)
    q_value = models.FloatField(null=True)
    reports = models.PositiveIntegerField()
    members = models.ManyToManyField(Reporter, related_name="campaigns")
    targets = models.ManyToManyField(Account, related_name="campaigns")
    is_current = models.BooleanField(default=True, help_text="found by the last run")

    class Meta:
        """One label a run."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "label"], name="campaign_label_is_used_once_a_run")
        ]

    def __str__(self) -> str:
        return f"{self.label} of run {self.run_id}"
