"""People who work here, and what they may do."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models


class Role(models.TextChoices):
    """What somebody is here for. ``casework.permissions`` says what each may do."""

    REVIEWER = "reviewer", "reviewer"
    APPROVER = "approver", "approver"
    APPEALS = "appeals", "appeals reviewer"
    SAFETY_LEAD = "safety_lead", "safety lead"
    AUDITOR = "auditor", "auditor"
    ADMINISTRATOR = "administrator", "administrator"


class Person(AbstractUser):
    """Somebody who works here. Never deleted, only made inactive: decisions name them."""

    must_change_password = models.BooleanField(
        default=False, help_text="the password was printed for one use"
    )
    is_guest = models.BooleanField(default=False, help_text="of a partner server, invited to one case")

    def __str__(self) -> str:
        return self.username

    @property
    def actor(self) -> str:
        """How the record names them: by number, never by name."""
        return f"{'guest' if self.is_guest else 'person'}:{self.pk}"


class Grant(models.Model):
    """A role that somebody has, from whom and since when. An ended one stays."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    granted_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="null: at set-up, from the shell",
    )
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A role in force is held once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "role"], condition=models.Q(ended_at__isnull=True), name="role_is_held_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.person_id}"


class GuestInvitation(models.Model):
    """Lets one person of a partner server see one case and be its second person."""

    case = models.ForeignKey("casework.Case", on_delete=models.PROTECT, related_name="invitations")
    server = models.CharField(max_length=255, help_text="the partner server they answer for")
    name = models.CharField(max_length=150)
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    digest = models.CharField(
        max_length=64, unique=True, help_text="SHA-256 of the token that was handed out"
    )
    guest = models.OneToOneField(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="invitation"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"invitation of {self.server} to case {self.case_id}"
