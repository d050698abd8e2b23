"""Those who are reported and those who report. Ids are the platform's stable ones; handles come and go."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower


class Account(models.Model):
    """A reported account, by the stable id that its platform gave it."""

    platform = models.CharField(max_length=40)
    external_id = models.CharField(max_length=512)
    created_at = models.DateTimeField(null=True, blank=True, help_text="when it was created on the platform")
    followers = models.BigIntegerField(null=True, blank=True)
    views = models.BigIntegerField(null=True, blank=True)
    language = models.CharField(
        max_length=35, blank=True, help_text="BCP 47; for notices and error rates only"
    )
    first_named_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="when the platform last said that it exists; null: only others say so",
    )

    class Meta:
        """One row an account."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["platform", "external_id"], name="account_is_known_once")
        ]

    def __str__(self) -> str:
        return f"{self.platform}:{self.external_id}"


class Handle(models.Model):
    """A name that an account bore, and when it was seen."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="handles")
    handle = models.CharField(max_length=512)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    class Meta:
        """A current handle is found quickly; two accounts may claim one, which is then ambiguous."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "handle"], name="handle_is_kept_once_an_account"),
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(is_current=True), name="one_current_handle_an_account"
            ),
        ]
        indexes: ClassVar = [models.Index(Lower("handle"), name="handle_whatever_its_case")]

    def __str__(self) -> str:
        return self.handle


class Contact(models.Model):
    """How the person behind an account is reached: personal data, erased by its rule."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="contact")
    email = models.EmailField(max_length=320, blank=True)
    language = models.CharField(max_length=35, blank=True, help_text="in which notices are written")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"contact of {self.account_id}"


class Reporter(models.Model):
    """Who reported. Never shown to the reported."""

    platform = models.CharField(max_length=40)
    external_id = models.CharField(max_length=512)
    created_at = models.DateTimeField(null=True, blank=True)
    invited_by = models.CharField(max_length=512, blank=True)
    name = models.CharField(max_length=200, blank=True, help_text="from our own form; erased by its rule")
    email = models.EmailField(max_length=320, blank=True, help_text="for the outcome; erased by its rule")
    language = models.CharField(max_length=35, blank=True)

    class Meta:
        """One row a reporter."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["platform", "external_id"], name="reporter_is_known_once")
        ]

    def __str__(self) -> str:
        return f"reporter {self.pk}"
