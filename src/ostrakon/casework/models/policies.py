"""What is forbidden: policies with their severity, deadline and text, in versions and languages."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

ANY_SHARE = models.Q(severity__gte=0, severity__lte=1)


class Policy(models.Model):
    """An area of the rules. Its code is what reports name; it is retired, never deleted."""

    UNSPECIFIED: ClassVar = "unspecified"
    """Where reports go that name no policy, or one that nobody knows."""

    code = models.CharField(max_length=100, unique=True)
    severity = models.FloatField(help_text="harm of an average violation, from 0 to 1")
    deadline_hours = models.PositiveIntegerField(default=72, help_text="from the first report to a decision")
    priority_deadline_hours = models.PositiveIntegerField(
        default=24, help_text="the same in the priority lane"
    )
    appeal_deadline_hours = models.PositiveIntegerField(
        default=168, help_text="from the appeal to its answer"
    )
    strike_days = models.PositiveIntegerField(default=180, help_text="after which a strike expires")
    is_illegal = models.BooleanField(default=False, help_text="a ground in law, not only in the terms")
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Severity is a share."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=ANY_SHARE, name="severity_lies_between_0_and_1"),
        ]

    def __str__(self) -> str:
        return self.code


class PolicyVersion(models.Model):
    """A policy's wording from a day on. Decisions name the version they were taken under."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    valid_from = models.DateTimeField()
    written_by = models.ForeignKey("casework.Person", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        """Versions are numbered from 1."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy", "number"], name="policy_version_is_written_once")
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} v{self.number}"


class PolicyText(models.Model):
    """The words of a version in one language."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(max_length=35, help_text="BCP 47")
    title = models.CharField(max_length=200)
    text = models.TextField()
    reference = models.CharField(
        max_length=500, blank=True, help_text="article of the law, or place in the terms"
    )

    class Meta:
        """One text a language."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "language"], name="policy_text_is_written_once")
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"
