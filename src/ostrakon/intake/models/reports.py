"""Reports as they came, and what was kept of what they are about."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ostrakon.intake.models.accounts import Account, Reporter
from ostrakon.intake.models.sources import Source


class Evidence(models.Model):
    """What was reported, as it was when the report was read. Kept once, however many report it."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="evidence")
    sha256 = models.CharField(max_length=64, help_text="of the content")
    content = models.BinaryField(null=True, help_text="null: erased by its rule")
    media_type = models.CharField(max_length=100, default="application/json")
    location = models.CharField(max_length=2000, blank=True, help_text="where it stood: a URL, an event id")
    salt = models.BinaryField(max_length=16, null=True, help_text="erased with the content")
    salted = models.CharField(max_length=64, help_text="SHA-256 of salt and content: what the record holds")
    taken_at = models.DateTimeField()
    missing = models.CharField(max_length=200, blank=True, help_text="what the snapshot could not hold")

    class Meta:
        """The same content of the same account is one row."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "sha256"], name="evidence_is_kept_once_an_account")
        ]

    def __str__(self) -> str:
        return f"evidence {self.sha256[:12]}"


class Report(models.Model):
    """One report. It never changes; the reporter's own words may be erased by their rule."""

    platform = models.CharField(max_length=40)
    external_id = models.CharField(
        max_length=512, help_text="the sender's id: the same id is the same report"
    )
    account = models.ForeignKey(  # found by the two indexes below
        Account, on_delete=models.PROTECT, related_name="reports", db_index=False
    )
    reporter = models.ForeignKey(Reporter, on_delete=models.PROTECT, related_name="reports")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="reports")
    policy = models.CharField(max_length=100, default="unspecified", help_text="as the report names it")
    declared = models.CharField(max_length=120, blank=True, help_text="a list or call that it names: list:7")
    reported_at = models.DateTimeField()
    received_at = models.DateTimeField(help_text="from here the clock runs")
    text = models.TextField(
        null=True, blank=True, help_text="the reporter's own words; null: none, or erased"
    )
    evidence = models.ForeignKey(
        Evidence, on_delete=models.PROTECT, null=True, blank=True, related_name="reports"
    )
    digest = models.CharField(max_length=64, help_text="SHA-256 of the report as it came, salted by its salt")
    salt = models.BinaryField(max_length=16, null=True, help_text="erased with the text")

    class Meta:
        """One row for each report that was sent; found by account and policy, read on by id."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["platform", "external_id"], name="report_is_stored_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "policy"]),
            models.Index(fields=["account", "reporter"], name="who_reported_whom"),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"


class Conflict(models.Model):
    """A report that came with the id of another and other content: both are kept, neither replaces the other."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="conflicts")
    content = models.BinaryField(null=True, help_text="the later one as it came; null: erased by its rule")
    salt = models.BinaryField(max_length=16, null=True)
    digest = models.CharField(max_length=64, help_text="SHA-256 of salt and content")
    plain = models.CharField(max_length=64, null=True, help_text="SHA-256 of the content, erased with it")
    received_at = models.DateTimeField()

    class Meta:
        """The same deviation twice is one row."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "plain"], name="conflict_is_kept_once")
        ]

    def __str__(self) -> str:
        return f"conflict with report {self.report_id}"
