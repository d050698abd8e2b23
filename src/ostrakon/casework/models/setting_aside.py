"""Reports of a campaign that do not count for some cases, by somebody's decision. They stay, and stay to be seen."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ostrakon.casework.models.cases import Case
from ostrakon.casework.models.people import Person
from ostrakon.triage.models import Campaign


class SettingAside(models.Model):
    """For some cases, what the members of a campaign reported is left out when reports are weighed.

    It says nothing about the members: what they report about others counts as before, and their record stays.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="settings_aside")
    why = models.TextField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    taken_back_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_why = models.TextField(blank=True)

    class Meta:
        """Taken back by somebody, at a time."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(taken_back_by__isnull=True, taken_back_at__isnull=True)
                | Q(taken_back_by__isnull=False, taken_back_at__isnull=False),
                name="what_was_taken_back_says_by_whom",
            )
        ]

    def __str__(self) -> str:
        return f"setting aside {self.pk}"


class SetAsideCase(models.Model):
    """A case for which a campaign's reports do not count."""

    setting_aside = models.ForeignKey(SettingAside, on_delete=models.PROTECT, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="set_aside")
    reports = models.PositiveIntegerField(help_text="of the members, on this case, when they were set aside")

    class Meta:
        """A case once; there are reports to set aside."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["setting_aside", "case"], name="case_is_named_once"),
            models.CheckConstraint(condition=Q(reports__gt=0), name="there_is_something_to_set_aside"),
        ]

    def __str__(self) -> str:
        return f"case {self.case_id} of setting aside {self.setting_aside_id}"
