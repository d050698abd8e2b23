"""Where reports come from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Source(models.Model):
    """One origin of reports. What it is decides the lane of a case, never the decision."""

    class Kind(models.TextChoices):
        """What a source is."""

        USER = "user", "people who use the platform"
        TRUSTED_FLAGGER = "trusted_flagger", "trusted flagger"
        AUTHORITY = "authority", "authority"
        PUBLISHED_LIST = "published_list", "published list"
        OTHER_PLATFORM = "other_platform", "another platform"
        OWN_FINDING = "own_finding", "our own finding"

    PRIORITY: ClassVar = frozenset({Kind.TRUSTED_FLAGGER, Kind.AUTHORITY})
    """Kinds whose reports go into the priority lane."""

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.USER)
    areas = models.JSONField(
        default=list, help_text="policy codes it may speak for with priority; empty: all"
    )
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(
        null=True, blank=True, help_text="after it, the source is an ordinary one"
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """A kind is one of those named."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=[
                        "user",
                        "trusted_flagger",
                        "authority",
                        "published_list",
                        "other_platform",
                        "own_finding",
                    ]
                ),
                name="source_has_a_known_kind",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """How the file contract writes it: ``trusted:3``; empty for ordinary users."""
        prefix = {
            self.Kind.TRUSTED_FLAGGER: "trusted",
            self.Kind.AUTHORITY: "authority",
            self.Kind.PUBLISHED_LIST: "list",
            self.Kind.OTHER_PLATFORM: "platform",
            self.Kind.OWN_FINDING: "own",
        }.get(self.Kind(self.kind))
        return f"{prefix}:{self.pk}" if prefix else ""
