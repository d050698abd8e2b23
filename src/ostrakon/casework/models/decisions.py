"""What people decided. The two rules that must never fail stand here as constraints of the database."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ostrakon.casework.models.cases import Case, Offer
from ostrakon.casework.models.people import Person
from ostrakon.casework.models.policies import Policy, PolicyVersion
from ostrakon.intake.models import Account


class Action(models.TextChoices):
    """The ladder, from nothing to the most."""

    NONE = "none", _("no action")
    WARN = "warn", _("warning")
    LABEL = "label", _("label")
    LIMIT = "limit", _("limited reach")
    SUSPEND_FOR_A_TIME = "suspend_for_a_time", _("suspension for a time")
    SUSPEND = "suspend", _("suspension until further notice")


SUSPENSIONS = (Action.SUSPEND_FOR_A_TIME, Action.SUSPEND)
IN_EFFECT = ("approved", "in_force", "expired", "superseded", "reversed")
"""Statuses of a decision that has, or had, an effect on an account."""

_suspension = Q(action__in=[str(action) for action in SUSPENSIONS])
_has_effect = Q(status__in=IN_EFFECT)
_two_people = Q(approved_by__isnull=False) & ~Q(approved_by=F("proposed_by"))
_nobody_exempt = Q(exempt_press="no", exempt_research="no", exempt_counter_speech="no")


class Decision(models.Model):
    """One decision on one case: proposed, approved where that is needed, in force, and how it ended."""

    class Status(models.TextChoices):
        """Where it stands."""

        PROPOSED = "proposed", _("proposed")
        APPROVED = "approved", _("approved, not in force yet")
        IN_FORCE = "in_force", _("in force")
        EXPIRED = "expired", _("expired")
        SUPERSEDED = "superseded", _("superseded by a later decision")
        REVERSED = "reversed", _("reversed")
        DECLINED = "declined", _("declined by the second person")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Outcome(models.TextChoices):
        """Was there a violation?"""

        UPHELD = "upheld", _("violation")
        REJECTED = "rejected", _("no violation")

    class Answer(models.TextChoices):
        """To the question whether an exemption applies."""

        YES = "yes", _("yes")
        NO = "no", _("no")

    class Standing(models.TextChoices):
        """As what the second person approved."""

        APPROVER = "approver", _("approver")
        SENIOR = "senior", _("safety lead")
        GUEST = "guest", _("guest of a partner server")

    class Detected(models.TextChoices):
        """What led to it; the statement of reasons says so."""

        REPORTS = "reports", "reports"
        LIST = "list", "a published list"
        TRUSTED_FLAGGER = "trusted_flagger", "a trusted flagger"
        AUTHORITY = "authority", "an authority"
        OWN = "own", "our own finding"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="decisions")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="decisions")
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="decisions")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PROPOSED)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    action = models.CharField(max_length=20, choices=Action.choices)
    duration_hours = models.PositiveIntegerField(null=True, blank=True, help_text="of what ends by itself")
    facts = models.TextField(
        null=True, help_text="in the reviewer's words, for the statement of reasons; null: erased"
    )
    detected = models.CharField(max_length=20, choices=Detected.choices)
    selection = models.CharField(
        max_length=10, choices=Offer.Selection.choices, default=Offer.Selection.QUEUE
    )
    propensity = models.FloatField(null=True, blank=True)
    under_pressure = models.BooleanField(help_text="was the case under a campaign when this was proposed?")
    exempt_press = models.CharField(max_length=3, choices=Answer.choices, blank=True)
    exempt_research = models.CharField(max_length=3, choices=Answer.choices, blank=True)
    exempt_counter_speech = models.CharField(max_length=3, choices=Answer.choices, blank=True)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="proposed")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="approved"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approver_standing = models.CharField(max_length=10, choices=Standing.choices, blank=True)
    in_force_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reversed_at = models.DateTimeField(
        null=True, blank=True, help_text="later than ended_at where it had ended before"
    )
    ended_why = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=64, unique=True, help_text="the same key is the same proposal")

    class Meta:
        """Promise 1: a person decides; a suspension takes two. No setting can change that."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~_suspension | ~_has_effect | _two_people, name="suspension_takes_two_people"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="nobody_approves_their_own_proposal",
            ),
            models.CheckConstraint(
                condition=Q(under_pressure=False)
                | Q(action="none")
                | ~_has_effect
                | (_two_people & Q(approver_standing__in=["senior", "guest"])),
                name="pressure_takes_a_senior_second_person",
            ),
            models.CheckConstraint(
                condition=~_suspension | ~_has_effect | _nobody_exempt, name="suspension_asks_for_exemptions"
            ),
            models.CheckConstraint(
                condition=Q(action="none") | Q(outcome="upheld"), name="action_needs_a_violation"
            ),
            models.CheckConstraint(
                condition=~Q(action="suspend_for_a_time") | Q(duration_hours__gt=0),
                name="suspension_for_a_time_ends",
            ),
            models.CheckConstraint(
                condition=~Q(status="in_force") | Q(in_force_at__isnull=False), name="in_force_since_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["expired", "superseded", "reversed"]) | Q(ended_at__isnull=False),
                name="what_ended_has_its_time",
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(status="proposed"), name="one_proposal_a_case"
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(status__in=["approved", "in_force"]),
                name="one_decision_in_force_a_case",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "ends_at"], name="decisions_that_end"),
            models.Index(fields=["status", "proposed_at"], name="decisions_by_status"),
        ]

    def __str__(self) -> str:
        return f"decision {self.pk}"

    @property
    def is_suspension(self) -> bool:
        """Does it shut somebody out?"""
        return self.action in SUSPENSIONS

    @property
    def needs_second_person(self) -> bool:
        """May it come into force only when somebody else approved it?"""
        return self.is_suspension or (self.under_pressure and self.action != Action.NONE)


class Participation(models.Model):
    """Somebody took part in a decision: they never decide an appeal against it."""

    class Part(models.TextChoices):
        """How."""

        PROPOSED = "proposed", "proposed it"
        APPROVED = "approved", "approved it"
        DECLINED = "declined", "declined it"
        OPINION = "opinion", "gave a second opinion"
        NOTE = "note", "wrote a note on the case"
        RELEASED = "released", "released the batch that it is of"
        LINK = "link", "judged a link that it cites"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="participations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="participations")
    part = models.CharField(max_length=10, choices=Part.choices)
    at = models.DateTimeField()

    class Meta:
        """One row a part. What somebody did lately is found at once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["decision", "person", "part"], name="one_row_a_part_in_a_decision"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["person", "at"], name="parts_of_a_person")]

    def __str__(self) -> str:
        return f"{self.part} by {self.person_id}"


class Strike(models.Model):
    """A violation that counts for a while."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="strikes")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="strike")
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"strike of decision {self.decision_id}"
