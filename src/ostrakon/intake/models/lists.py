"""Published lists, kept as the documents they are."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ostrakon.intake.models.accounts import Account
from ostrakon.intake.models.reports import Report
from ostrakon.intake.models.sources import Source


class PublishedList(models.Model):
    """A list that somebody published: its raw bytes and where they come from. One list is one voice."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="lists")
    platform = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    publisher = models.CharField(max_length=300)
    published_on = models.DateField(null=True, blank=True)
    licence = models.CharField(max_length=100, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    policy = models.CharField(max_length=100, default="unspecified")
    named_by = models.CharField(max_length=10, choices=[("id", _("stable ids")), ("handle", _("handles"))])
    raw = models.BinaryField()
    sha256 = models.CharField(max_length=64, unique=True, help_text="of the raw bytes")
    received_at = models.DateTimeField()
    rows = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.title


class ListRow(models.Model):
    """One line of a list, marked before anybody acts on it."""

    class State(models.TextChoices):
        """What became of a line."""

        TAKEN = "taken", _("became a report")
        DUPLICATE = "duplicate", _("the account stands on an earlier line")
        UNKNOWN = "unknown", _("no account of this name is known")
        AMBIGUOUS = "ambiguous", _("several accounts bear this name")
        UNREADABLE = "unreadable", _("not an account")

    list = models.ForeignKey(PublishedList, on_delete=models.PROTECT, related_name="lines")
    line = models.PositiveIntegerField(help_text="in the file, from 1")
    named = models.CharField(max_length=512)
    state = models.CharField(max_length=12, choices=State.choices)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """One row a line; a line that was taken has its account and report."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["list", "line"], name="line_of_a_list_is_kept_once"),
            models.CheckConstraint(
                condition=~models.Q(state="taken") | models.Q(account__isnull=False, report__isnull=False),
                name="taken_line_has_its_report",
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.line} of list {self.list_id}"
