"""What lies before people: one case for an account and a policy, in an order that reports cannot buy."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ostrakon.casework.models.people import Person
from ostrakon.casework.models.policies import Policy
from ostrakon.intake.models import Account
from ostrakon.triage.models import Valuation


class Case(models.Model):
    """Everything about one account under one policy. It is reopened by new reports, never doubled."""

    class Status(models.TextChoices):
        """Where it stands."""

        OPEN = "open", _("waits for a reviewer")
        PROPOSED = "proposed", _("waits for a second person")
        DECIDED = "decided", _("decided")

    class Lane(models.IntegerChoices):
        """How it came; the smaller number is looked at first."""

        PRIORITY = 0, "priority"
        ORDINARY = 1, "ordinary"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="cases")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="cases")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    lane = models.PositiveSmallIntegerField(choices=Lane.choices, default=Lane.ORDINARY)
    opened_at = models.DateTimeField(help_text="when the first report that is not answered yet was received")
    last_report_at = models.DateTimeField()
    last_report = models.BigIntegerField(help_text="the id of the last report that was counted")
    reports = models.PositiveIntegerField(default=0)
    reporters = models.PositiveIntegerField(default=0)
    valuation = models.ForeignKey(
        Valuation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    probability = models.FloatField(null=True, help_text="of the valuation; null: not valued yet")
    reach = models.FloatField(default=0, help_text="from 0 to 1: how far the account is heard")
    expected_harm = models.FloatField(default=0, help_text="probability x severity x reach")
    due_at = models.DateTimeField(help_text="the deadline of the policy")
    turn_at = models.DateTimeField(
        help_text="the order: the larger the expected harm, the earlier before due_at"
    )
    under_pressure = models.BooleanField(default=False, help_text="a campaign reported it")
    pressure = models.CharField(max_length=300, blank=True, help_text="what the reviewer is told about it")
    claimed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="claims"
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0, help_text="grows with every change by a person")

    class Meta:
        """One case an account and policy; the queue is read from an index alone."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "policy"], name="one_case_an_account_and_policy"),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True, claimed_until__isnull=True)
                | Q(claimed_by__isnull=False, claimed_until__isnull=False),
                name="claim_has_its_end",
            ),
        ]
        # Each filter of the queue has an index in the queue's order. What stands behind the id is looked at there,
        # before a row is fetched: the free cases, and two filters at once.
        indexes: ClassVar = [
            models.Index(fields=["status", "lane", "turn_at", "id", "claimed_until"], name="queue_order"),
            models.Index(
                fields=["policy", "status", "lane", "turn_at", "id", "claimed_until", "under_pressure"],
                name="queue_of_a_policy",
            ),
            models.Index(
                fields=["under_pressure", "status", "lane", "turn_at", "id", "policy"],
                name="queue_under_pressure",
            ),
            models.Index(
                fields=["claimed_by", "status", "lane", "turn_at", "id"],
                condition=Q(claimed_by__isnull=False),
                name="cases_in_hand",
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"


class Note(models.Model):
    """What a colleague wrote beside a case. Internal."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField(null=True, help_text="null: erased by its rule")

    def __str__(self) -> str:
        return f"note {self.pk}"


class Offer(models.Model):
    """A case was put before a reviewer, with the probability that it would be this one."""

    class Selection(models.TextChoices):
        """How it was chosen; the words of the file contract."""

        QUEUE = "queue", "by the order"
        AUDIT = "audit", "at random"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="offers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    selection = models.CharField(max_length=10, choices=Selection.choices)
    propensity = models.FloatField(help_text="probability with which this case was the one chosen")

    class Meta:
        """A probability is above 0. What somebody was offered lately is found at once."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(propensity__gt=0, propensity__lte=1), name="propensity_is_a_probability"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["person", "at"], name="offers_of_a_person")]

    def __str__(self) -> str:
        return f"offer of case {self.case_id}"


class Opinion(models.Model):
    """A blind second opinion: given without having seen what the first reviewer decided."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="opinions")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(
        max_length=12,
        blank=True,
        choices=[("upheld", _("violation")), ("rejected", _("no violation")), ("unclear", _("cannot tell"))],
    )

    class Meta:
        """One opinion a person and case."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "person"], name="one_opinion_a_person_and_case")
        ]

    def __str__(self) -> str:
        return f"opinion on case {self.case_id}"


class Progress(models.Model):
    """How far a job has come: it goes on behind the last report, or run, that it handled."""

    job = models.CharField(max_length=40, primary_key=True)
    last = models.BigIntegerField(default=0, help_text="the id of the last one that it handled")

    def __str__(self) -> str:
        return f"{self.job} up to {self.last}"
