"""The record only grows, by one entry at a time, each of which follows the last one."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from ostrakon.ledger.triggers import Refuse

# SQLite's REPLACE removes what is in its way without firing the triggers of DELETE, so an INSERT may meet nothing.
# The keys of a canonical body stand in alphabetical order: after `previous` comes `subject`.
DOES_NOT_FOLLOW = """
NEW.number <> COALESCE((SELECT MAX(number) FROM ledger_entry), 0) + 1
OR NEW.body NOT LIKE '%"previous":"'
   || COALESCE((SELECT digest FROM ledger_entry WHERE number = NEW.number - 1), '{genesis}')
   || '","subject":%'
OR EXISTS (SELECT 1 FROM ledger_entry WHERE digest = NEW.digest)
""".format(genesis="0" * 64)
IS_NO_LATER_ONE = """
NEW.number <= COALESCE((SELECT MAX(number) FROM ledger_checkpoint), 0)
OR EXISTS (SELECT 1 FROM ledger_checkpoint WHERE id = NEW.id)
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0001_initial")]

    operations: ClassVar = [
        Refuse(
            "ledger_entry_is_kept",
            "ledger_entry",
            "UPDATE OR DELETE OR TRUNCATE",
            "an entry of the record is never changed or removed",
        ),
        Refuse(
            "ledger_entry_follows",
            "ledger_entry",
            "INSERT",
            "an entry of the record follows the last one: next number, its digest",
            DOES_NOT_FOLLOW,
        ),
        Refuse(
            "ledger_checkpoint_is_kept",
            "ledger_checkpoint",
            "UPDATE OR DELETE OR TRUNCATE",
            "a checkpoint of the record is never changed or removed",
        ),
        Refuse(
            "ledger_checkpoint_follows",
            "ledger_checkpoint",
            "INSERT",
            "a checkpoint of the record covers more than the last one",
            IS_NO_LATER_ONE,
        ),
    ]
