"""The outbox: everything that leaves the house, what was tried and what came back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ostrakon.casework.models import Decision, Notice
from ostrakon.intake.models import Account


class Webhook(models.Model):
    """Somebody who wants to hear of decisions, and the secret that signs what they hear."""

    url = models.CharField(max_length=2000)
    secret = models.CharField(max_length=100)
    events = models.JSONField(default=list, help_text="kinds of events; empty: all")
    is_active = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class Dispatch(models.Model):
    """One thing to carry out once: a notice, a command to a platform, an event for a webhook."""

    class Channel(models.TextChoices):
        """How it travels."""

        EMAIL = "email", _("e-mail")
        WEBHOOK = "webhook", _("webhook")
        PLATFORM = "platform", _("a platform's own interface")

    class State(models.TextChoices):
        """Where it stands."""

        QUEUED = "queued", _("waits for its turn")
        SENDING = "sending", _("is being sent, or was when its worker died")
        DELIVERED = "delivered", _("done, with a receipt")
        FAILED = "failed", _("given up; a person has the task")
        CANCELLED = "cancelled", _("a newer decision made it void")

    class Urgency(models.IntegerChoices):
        """Reinstatements go ahead of everything."""

        REINSTATEMENT = 0, "reinstatement"
        ORDINARY = 10, "ordinary"

    key = models.CharField(max_length=100, unique=True, help_text="the same key is the same effect")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    urgency = models.PositiveSmallIntegerField(choices=Urgency.choices, default=Urgency.ORDINARY)
    lane = models.CharField(
        max_length=80, help_text="what goes to one recipient about one account: one at a time, in order"
    )
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="dispatches")
    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, null=True, related_name="dispatch")
    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, null=True, related_name="dispatches")
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    queued_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    taken_by = models.CharField(max_length=64, blank=True, help_text="the worker that sends it")
    taken_until = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    receipt = models.CharField(max_length=500, blank=True, help_text="what the provider answered")

    class Meta:
        """Read in the order of urgency, then of time; one at a time in a lane; what is delivered says when."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="delivered") | Q(delivered_at__isnull=False), name="delivered_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["lane"], condition=Q(state="sending"), name="one_at_a_time_in_a_lane"
            ),
        ]
        # Whole, not only of what waits: SQLite takes no partial index for a state that is a parameter.
        indexes: ClassVar = [
            models.Index(fields=["state", "urgency", "not_before", "id"], name="outbox_order"),
            models.Index(fields=["lane", "state", "urgency", "id"], name="outbox_lanes"),
        ]

    def __str__(self) -> str:
        return f"dispatch {self.key}"


class Attempt(models.Model):
    """One try and what came of it. Secrets and addresses are left out."""

    dispatch = models.ForeignKey(Dispatch, on_delete=models.PROTECT, related_name="tries")
    number = models.PositiveIntegerField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True, help_text="delivered, retry, refused, unknown")
    detail = models.CharField(max_length=500, blank=True)

    class Meta:
        """Numbered from 1."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dispatch", "number"], name="attempt_is_numbered_once")
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.dispatch_id}"
