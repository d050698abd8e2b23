"""How long personal data are kept. Each kind has one rule; what was decided stays for ever."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ostrakon.casework.models.people import Person


class RetentionRule(models.Model):
    """After how many days one kind of data is erased. ``casework.erasing`` says from when the days count."""

    class Kind(models.TextChoices):
        """What is kept for a time."""

        REPORT_TEXTS = "report_texts", "texts of reports"
        CONFLICTS = "conflicts", "reports that came with a used id"
        EVIDENCE = "evidence", "evidence"
        NOTICES = "notices", "texts of notices"
        FACTS = "facts", "facts of decisions, and why they ended"
        BATCH_FACTS = "batch_facts", "facts of batches"
        NOTES = "notes", "notes beside cases"
        APPEALS = "appeals", "texts, names and addresses of appeals"
        REPORTER_CONTACTS = "reporter_contacts", "addresses of those who reported"
        ACCOUNT_CONTACTS = "account_contacts", "addresses of those who were reported"
        PROFILES = "profiles", "how accounts show themselves"
        FOLLOWS = "follows", "whom accounts follow"
        LINKS = "links", "links to suspended accounts without a verdict; evidence of all links"
        LINK_REASONS = "link_reasons", "why links were judged as they were"
        EXPOSURES = "exposures", "who looked at which evidence"

    LEAST_DAYS: ClassVar = 1
    MOST_DAYS: ClassVar = 3650

    kind = models.CharField(max_length=20, choices=Kind.choices, primary_key=True)
    days = models.PositiveIntegerField()
    changed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", help_text="null: as it was installed"
    )
    changed_at = models.DateTimeField()

    class Meta:
        """A time has an end."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(days__gte=1, days__lte=3650), name="retention_is_from_a_day_to_ten_years"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.days} days"
