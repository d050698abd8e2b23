"""What the people who look at terrible things have looked at: their own data, and nobody's score."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ostrakon.casework.models.cases import Case
from ostrakon.casework.models.people import Person
from ostrakon.intake.models import Evidence


class Exposure(models.Model):
    """Somebody revealed one piece of evidence. Erased by its rule."""

    person = models.ForeignKey(  # found by the index below
        Person, on_delete=models.PROTECT, related_name="exposures", db_index=False
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="+")
    severity = models.FloatField(help_text="of the case's policy at that time, from 0 to 1")
    at = models.DateTimeField()

    class Meta:
        """Read for one person, the last days of it."""

        indexes: ClassVar = [
            models.Index(fields=["person", "at", "severity"], name="exposures_of_a_person"),
            models.Index(fields=["at"], name="exposures_by_age"),
        ]

    def __str__(self) -> str:
        return f"exposure {self.pk}"
