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


class Connection(models.Model):
    """A platform that reports come from and decisions go to. Its secrets are in the configuration, never here."""

    class Kind(models.TextChoices):
        """What it speaks."""

        FAKE = "fake", _("a fake, for trying out")
        MATRIX = "matrix", _("Matrix (Synapse)")
        ATPROTO = "atproto", _("atproto (Ozone)")
        MASTODON = "mastodon", _("Mastodon")
        WEBHOOK = "webhook", _("signed webhooks")

    class Mode(models.TextChoices):
        """What it may do."""

        OFF = "off", _("off")
        READ_ONLY = "read_only", _("reads only; commands are held as planned")
        LIVE = "live", _("live")

    platform = models.CharField(max_length=40, unique=True, help_text="as accounts name it")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    address = models.CharField(max_length=2000)
    options = models.JSONField(default=dict, help_text="of its kind; no secrets")
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.READ_ONLY)
    offers = models.JSONField(default=dict, help_text="what it can do, as its connector said last")
    cursor = models.TextField(blank=True, help_text="reports are read from here on")
    added_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True, help_text="when reports were last read to the end")
    read_next_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="reads that failed since the last good one")
    acted_at = models.DateTimeField(null=True, blank=True, help_text="when a command was last carried out")
    checked_at = models.DateTimeField(null=True, blank=True)
    health = models.JSONField(default=dict, help_text="what the last check found")
    problem = models.CharField(max_length=500, blank=True, help_text="the last thing that went wrong")
    problem_at = models.DateTimeField(null=True, blank=True)
    halted_at = models.DateTimeField(null=True, blank=True, help_text="since then nothing goes out")
    halted_why = models.CharField(max_length=500, blank=True)

    class Meta:
        """A mode is one of three; a halt says why."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(mode__in=["off", "read_only", "live"]), name="connection_has_a_known_mode"
            ),
            models.CheckConstraint(
                condition=Q(halted_at__isnull=True) | ~Q(halted_why=""), name="halted_connection_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"connection {self.pk}"


class Command(models.Model):
    """What a dispatch does on a platform, because of its decision. It is written once; how it ended is added."""

    class Ended(models.TextChoices):
        """How, where that is certain."""

        APPLIED = "applied", _("carried out, and read back")
        ALREADY = "already", _("it was so before")
        REFUSED = "refused", _("refused; certainly not carried out")
        VOID = "void", _("not wanted any more; it may have been carried out")
        UNCERTAIN = "uncertain", _("given up; it may have been carried out")

    dispatch = models.OneToOneField(Dispatch, on_delete=models.PROTECT, related_name="command")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="commands")
    action = models.CharField(max_length=20, help_text="a value of ``PlatformAction``")
    label = models.CharField(max_length=100, blank=True, help_text="which, of a label")
    gives_back = models.BooleanField(help_text="it takes back what another did: it never expires")
    expires_at = models.DateTimeField(null=True, help_text="after it, it is not carried out any more")
    expected_before = models.JSONField(default=dict, help_text="flags as they stood when it was decided")
    handle = models.CharField(
        max_length=500, blank=True, help_text="of work that the platform took and has not done yet"
    )
    ended = models.CharField(max_length=10, choices=Ended.choices, blank=True)
    code = models.CharField(max_length=30, blank=True, help_text="why it was refused")

    class Meta:
        """What does not give back expires; a refusal has its code."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(gives_back=True, expires_at__isnull=True)
                | Q(gives_back=False, expires_at__isnull=False),
                name="command_expires_unless_it_gives_back",
            ),
            models.CheckConstraint(
                condition=~Q(ended="refused") | ~Q(code=""), name="refused_command_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} by dispatch {self.dispatch_id}"


class Trail(models.Model):
    """What was said with a platform in one try, secrets and addresses removed. Erased by its rule; the hash stays."""

    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="trail")
    exchanges = models.JSONField(null=True, help_text="null: erased")
    salt = models.BinaryField(max_length=16, null=True, help_text="erased with them")
    digest = models.CharField(max_length=64, help_text="SHA-256 of salt and exchanges: what the record holds")

    def __str__(self) -> str:
        return f"trail of attempt {self.attempt_id}"


class Sighting(models.Model):
    """An account as its platform last showed it, beside what was decided."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="sightings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField()
    flags = models.JSONField(default=dict)
    differs = models.CharField(max_length=500, blank=True, help_text="how; empty: as decided")

    class Meta:
        """One row an account; the oldest is looked at next."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "account"], name="account_is_sighted_once")
        ]
        indexes: ClassVar = [models.Index(fields=["connection", "seen_at"], name="sightings_by_age")]

    def __str__(self) -> str:
        return f"sighting of account {self.account_id}"
