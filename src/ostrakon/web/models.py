"""Keys to the API, and what must be remembered between processes to slow down who knocks too often."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from ostrakon.intake.models import Source


class Token(models.Model):
    """A key that a program holds: of a source that sends reports, or of a person who works here."""

    name = models.CharField(max_length=120)
    digest = models.CharField(
        max_length=64, unique=True, help_text="SHA-256 of the key; the key itself is kept nowhere"
    )
    scopes = models.JSONField(default=list)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, blank=True, related_name="tokens")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="tokens"
    )
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A token speaks for a source or for a person."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(source__isnull=False, person__isnull=True)
                | Q(source__isnull=True, person__isnull=False),
                name="token_speaks_for_one",
            )
        ]

    def __str__(self) -> str:
        return f"token {self.pk}"


class RateLimit(models.Model):
    """How often somebody anonymous knocked in a window, by a keyed hash of the address."""

    key = models.CharField(max_length=100, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    resets_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class Remembered(models.Model):
    """What Django's cache holds (``web.cache``): failed logins, which every process must see."""

    key = models.CharField(max_length=64, primary_key=True)
    value = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class SavedFilter(models.Model):
    """A view of the queue that somebody wants to come back to."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500, help_text="what stands behind the question mark")

    class Meta:
        """A name is used once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "name"], name="filter_is_saved_once")
        ]

    def __str__(self) -> str:
        return self.name
