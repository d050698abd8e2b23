"""Signed statements of how far the record had come: whoever keeps one sees if what it covers is changed later."""

from __future__ import annotations

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from ostrakon.ledger.chain import Signed, moment
from ostrakon.ledger.keys import fingerprint
from ostrakon.ledger.models import Checkpoint, Entry
from ostrakon.ledger.record import become_the_writer


def checkpoint(key: Ed25519PrivateKey, now: datetime) -> Checkpoint | None:
    """Sign the head of the record; None where it has not grown since the last checkpoint."""
    with transaction.atomic():
        become_the_writer()  # or two workers would sign the same head
        head = Entry.objects.order_by("-number").values_list("number", "digest").first()
        last = Checkpoint.objects.order_by("-number").values_list("number", flat=True).first() or 0
        if head is None or head[0] <= last:
            return None
        number, digest = head
        unsigned = Signed(number, digest, moment(now), last, fingerprint(key.public_key()), "")
        signature = key.sign(unsigned.statement()).hex()
        return Checkpoint.objects.create(
            number=number, digest=digest, at=now, previous=last, key=unsigned.key, signature=signature
        )
