"""The entries of the record and the signed checkpoints."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ostrakon.ledger.kinds import Kind


class Entry(models.Model):
    """One thing that was done. ``body`` is what is hashed; the other columns repeat it for searching."""

    number = models.BigIntegerField(primary_key=True, help_text="1, 2, 3, ... without a gap")
    at = models.DateTimeField()
    kind = models.CharField(max_length=40, choices=Kind.choices)
    actor = models.CharField(max_length=80, help_text="person:3, token:5, system, guest:2, public")
    subject = models.CharField(max_length=120, help_text="what it was done to: case:12")
    body = models.TextField(
        help_text="RFC 8785 canonical JSON: number, at, kind, actor, subject, facts, previous"
    )
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of body, in hexadecimal")

    class Meta:
        """Searched by what it was done to."""

        indexes: ClassVar = [
            models.Index(fields=["subject", "number"]),
            models.Index(fields=["kind", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind} {self.subject}"


class Checkpoint(models.Model):
    """A signed statement that the record had this many entries and this last digest."""

    number = models.BigIntegerField(unique=True, help_text="of the last entry it covers")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    previous = models.BigIntegerField(help_text="number of the checkpoint before it; 0: it is the first")
    key = models.CharField(max_length=64, help_text="SHA-256 of the public key, in hexadecimal")
    signature = models.CharField(
        max_length=128, help_text="Ed25519 over the canonical JSON of the rest, hexadecimal"
    )

    def __str__(self) -> str:
        return f"checkpoint at {self.number}"
