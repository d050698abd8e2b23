"""Decisions on many plain cases at once: prepared by one person, tried by a second on a sample, undone as one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ostrakon.casework.models.cases import Case
from ostrakon.casework.models.decisions import Action, Decision
from ostrakon.casework.models.people import Person
from ostrakon.casework.models.policies import Policy

FOR_ONE_PERSON = (Action.NONE, Action.WARN, Action.LABEL, Action.LIMIT)
"""What one person may decide alone, and so what a batch may do."""
RELEASED_ONCE = ("released", "done", "undoing", "undone")
"""Statuses of a batch whose sample a second person read and saw in the same way."""


class Batch(models.Model):
    """The same decision for many cases of one policy.

    While it waits, its cases are in the hand of who prepared it, and who re-reads the sample sees neither outcome nor
    facts. One answer that differs ends it, and nothing has happened to anybody.
    """

    class Status(models.TextChoices):
        """Where it stands."""

        WAITS = "waits", _("waits for a second person")
        REFUSED = "refused", _("a second person saw it otherwise")
        CALLED_OFF = "called_off", _("called off")
        RELEASED = "released", _("comes into force")
        DONE = "done", _("in force")
        UNDOING = "undoing", _("is being undone")
        UNDONE = "undone", _("undone")

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="batches")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.WAITS)
    outcome = models.CharField(max_length=10, choices=Decision.Outcome.choices)
    action = models.CharField(max_length=20, choices=Action.choices)
    facts = models.TextField(null=True, help_text="in the reviewer's words; null: erased by its rule")
    seed = models.BigIntegerField(help_text="with which the sample was drawn")
    prepared_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="batches_prepared")
    prepared_at = models.DateTimeField()
    held_until = models.DateTimeField(help_text="so long its cases are kept out of other hands")
    reread_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="batches_reread"
    )
    taken_up_at = models.DateTimeField(null=True, blank=True, help_text="by who re-reads the sample")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="refused, called off, or all in force")
    undone_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="batches_undone"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_why = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=64, unique=True, help_text="the same key is the same batch")

    class Meta:
        """Nobody re-reads their own batch; none shuts anybody out; none acts without a second person."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(reread_by__isnull=True) | ~Q(reread_by=F("prepared_by")),
                name="nobody_rereads_their_own_batch",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=RELEASED_ONCE) | Q(reread_by__isnull=False),
                name="batch_takes_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(action__in=[str(action) for action in FOR_ONE_PERSON]),
                name="batch_suspends_nobody",
            ),
            models.CheckConstraint(
                condition=Q(action="none") | Q(outcome="upheld"), name="batch_that_acts_found_a_violation"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "prepared_at"], name="batches_by_status")]

    def __str__(self) -> str:
        return f"batch {self.pk}"


class BatchItem(models.Model):
    """One case of a batch and what became of it: the receipt."""

    class State(models.TextChoices):
        """What became of it."""

        WAITS = "waits", _("waits")
        DECIDED = "decided", _("decided")
        LEFT_OUT = "left_out", _("left out")
        BACK = "back", _("went back to the queue")
        UNDONE = "undone", _("decided and undone")
        ALREADY = "already", _("decided, and had been undone before")

    class LeftOut(models.TextChoices):
        """Why a case has no place in a batch."""

        NOT_OPEN = "not_open", _("it does not wait for a reviewer")
        CHANGED = "changed", _("it changed meanwhile, or new reports came")
        PRESSURE = "pressure", _("a campaign reported it")
        PRIORITY = "priority", _("it is in the priority lane")
        IN_HAND = "in_hand", _("a colleague has it in hand")
        SUSPENDED = "suspended", _("its account is suspended")
        UNDONE = "undone", _("people undid a decision about its account before")
        ANOTHER_BATCH = "another_batch", _("it is in another batch")
        REFUSED = "refused", _("this decision cannot be taken on it")

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="batch_items")
    version = models.PositiveIntegerField(help_text="of the case, as it was seen")
    last_report = models.BigIntegerField(help_text="of the case, when the batch was prepared")
    in_sample = models.BooleanField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITS)
    why = models.CharField(max_length=15, choices=LeftOut.choices, blank=True)
    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="batch_item"
    )
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A case stands in a batch once, and waits in one at a time; what was decided has its decision."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "case"], name="case_is_in_a_batch_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="waits"), name="case_waits_in_one_batch"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["decided", "undone", "already"], decision__isnull=False)
                | Q(state__in=["waits", "left_out", "back"], decision__isnull=True),
                name="decided_item_has_its_decision",
            ),
            models.CheckConstraint(
                condition=(Q(state="left_out") & ~Q(why="")) | (~Q(state="left_out") & Q(why="")),
                name="item_left_out_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.case_id} of batch {self.batch_id}"
