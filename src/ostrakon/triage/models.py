"""What the analysis said, with all that is needed to say it again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

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


class LinkSearch(models.Model):
    """One search for returners: new accounts of a platform, each for a reason, against those suspended on it then."""

    platform = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    version = models.CharField(max_length=40, help_text="of Ostrakon")
    parameters = models.JSONField()
    as_of = models.DateTimeField(help_text="suspensions and verdicts that stood then were read")
    after_report = models.BigIntegerField(help_text="the accounts of reports after this id were searched for")
    last_report = models.BigIntegerField(help_text="up to this one")
    after_profile = models.DateTimeField(
        null=True, help_text="so were those of whom the platform told after this; null: ever"
    )
    suspended = models.PositiveIntegerField(help_text="accounts that were searched")
    new = models.PositiveIntegerField(help_text="accounts that were searched for")
    placebo = models.PositiveIntegerField(help_text="accounts, never suspended, that were searched too")
    reviews = models.PositiveIntegerField(help_text="verdicts of people that were learned from")
    links = models.PositiveIntegerField(help_text="that came of it")
    placebo_rate = models.FloatField(null=True, help_text="estimated share of wrong links; null: unknown")
    switched_off = models.CharField(
        max_length=500, blank=True, help_text="why nothing was suggested; empty: it was not switched off"
    )
    input_sha256 = models.CharField(max_length=64, help_text="of all tables as they were read")

    def __str__(self) -> str:
        return f"search {self.pk}"


class Link(models.Model):
    """The hypothesis that a new account and a suspended one are one person's. It never acts, and says so to nobody.

    Triggers: both are on one platform; what was found never changes, only its evidence may be erased; a verdict is a
    person's (``casework.models.LinkJudgement``); what people undid, or saw otherwise, is never suggested again.
    """

    MOST: ClassVar = 3
    """Hypotheses of one account that wait."""

    class Status(models.TextChoices):
        """Where it stands."""

        OPEN = "open", _("waits for a person")
        SAME = "same", _("the same person, a reviewer says")
        DIFFERENT = "different", _("not the same person, a reviewer says")
        CANNOT_TELL = "cannot_tell", _("a reviewer cannot tell")
        EXPIRED = "expired", _("expired without a verdict")
        REVOKED = "revoked", _("revoked: the suspended account was reinstated")

    UNCONFIRMED: ClassVar = (Status.OPEN, Status.CANNOT_TELL)
    """They expire."""
    STANDING: ClassVar = (Status.OPEN, Status.CANNOT_TELL, Status.SAME)
    """They go when the suspended account is reinstated."""

    search = models.ForeignKey(LinkSearch, on_delete=models.PROTECT, related_name="found")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="links", help_text="the new one"
    )
    suspended_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="returners")
    rank = models.PositiveSmallIntegerField(help_text="among the hypotheses of its account, from 1")
    probability = models.FloatField()
    false_link_rate = models.FloatField(
        null=True, help_text="share of wrong ones among links that score as high; null: it cannot be said"
    )
    channels = models.CharField(max_length=200, help_text="that speak for it, joined by a semicolon")
    evidence = models.JSONField(
        null=True, help_text="for and against, as it was found; null: erased by its rule"
    )
    found_at = models.DateTimeField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)

    class Meta:
        """One hypothesis a pair, unless an earlier one expired; few an account; nobody returns as themselves."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "suspended_account"],
                condition=~models.Q(status="expired"),
                name="pair_is_suggested_once",
            ),
            models.UniqueConstraint(
                fields=["account", "rank"],
                condition=models.Q(status="open"),
                name="one_open_link_an_account_and_rank",
            ),
            models.CheckConstraint(
                condition=models.Q(rank__gte=1, rank__lte=3), name="three_hypotheses_an_account_at_most"
            ),
            models.CheckConstraint(
                condition=~models.Q(account=models.F("suspended_account")),
                name="nobody_returns_as_themselves",
            ),
            models.CheckConstraint(
                condition=models.Q(probability__gte=0, probability__lte=1),
                name="probability_of_a_link_is_one",
            ),
            models.CheckConstraint(
                condition=models.Q(false_link_rate__isnull=True)
                | models.Q(false_link_rate__gte=0, false_link_rate__lte=1),
                name="false_link_rate_is_a_share",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "-probability", "id"], name="links_by_status")]

    def __str__(self) -> str:
        return f"link {self.pk}"

    @property
    def is_suggested(self) -> bool:
        """Whether it is stated to be wrong no more often than its search suggests; else it is only possible."""
        asked = self.search.parameters.get("returners", {})
        limit = float(asked.get("suggested_rate", 0.0))
        return self.false_link_rate is not None and self.false_link_rate <= limit
