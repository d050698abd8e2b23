"""Where evidence stood, and what the snapshot could not hold, never change either: the place may be erased."""

from typing import ClassVar

from django.db import migrations

from ostrakon.ledger.triggers import Refuse


class Migration(migrations.Migration):
    dependencies: ClassVar = [("intake", "0003_names_of_reporters")]

    operations: ClassVar = [
        Refuse(
            "evidence_stood_where_it_stood",
            "intake_evidence",
            "UPDATE",
            "evidence never changes; where it stood may be erased",
            "NEW.missing <> OLD.missing OR (NEW.location <> OLD.location AND NEW.location <> '')",
        ),
    ]
