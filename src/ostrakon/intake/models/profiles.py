"""How accounts show themselves and whom they follow: read only where returners are looked for, erased by its rule."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ostrakon.intake.models.accounts import Account


class Profile(models.Model):
    """What an account says about itself, as the platform last told. Personal data."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="profile")
    display_name = models.CharField(max_length=512, blank=True)
    bio = models.TextField(blank=True)
    avatar_hash = models.CharField(
        max_length=64, blank=True, help_text="perceptual, of the file, in hexadecimal; never of a face"
    )
    seen_at = models.DateTimeField(help_text="when the platform said so")
    told_at = models.DateTimeField(help_text="when it came in here")

    class Meta:
        """What came in lately is found at once."""

        indexes: ClassVar = [models.Index(fields=["told_at"], name="profiles_told_lately")]

    def __str__(self) -> str:
        return f"profile of {self.account_id}"


class Follow(models.Model):
    """One account follows another, by the platform's own id. To reply, report or block is not to follow.

    Where a platform has rooms instead, to be in one is kept in the same place, and said so.
    """

    class Kind(models.TextChoices):
        """Whose company it is."""

        FOLLOW = "follow", "follows an account"
        ROOM = "room", "is in a room"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="follows", db_index=False)
    followee = models.CharField(max_length=512)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FOLLOW)
    seen_at = models.DateTimeField()

    class Meta:
        """Once each."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "followee"], name="follow_is_kept_once")
        ]

    def __str__(self) -> str:
        return f"follow of {self.account_id}"
