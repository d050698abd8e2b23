"""Rules that the database itself keeps, the same on SQLite and PostgreSQL: triggers, as operations of a migration."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

SQLITE = """
CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {condition}
BEGIN SELECT RAISE(ABORT, '{message}'); END
"""
FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {condition} THEN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{message}'; END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$
"""
ROWS = "CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
WHOLE = "CREATE TRIGGER {name}_whole BEFORE {event} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
TRUNCATE = "TRUNCATE"


class Refuse(Operation):
    """Refuses an event on a table's rows where a condition holds: an ``IntegrityError`` with ``message``.

    Args:
        name: of the trigger; unique in the database.
        table: the table's name.
        event: ``DELETE``, ``UPDATE``, ``INSERT``, ``UPDATE OF a, b``, ``TRUNCATE`` or several joined by ``OR``.
            ``TRUNCATE`` has no rows, so no condition may ask for them; SQLite does not know it.
        message: what the refused person reads; no quotes.
        condition: SQL that both databases understand, over ``OLD`` and ``NEW``.
    """

    reversible = True

    def __init__(self, name: str, table: str, event: str, message: str, condition: str = "1 = 1") -> None:
        self.name, self.table, self.event = name, table, event
        self.message, self.condition = message, condition
        self._of_rows = [each for each in event.split(" OR ") if each != TRUNCATE]

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How a migration writes this operation."""
        return (
            type(self).__name__,
            [self.name, self.table, self.event, self.message],
            {"condition": self.condition},
        )

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Models do not change."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Create the triggers."""
        if schema_editor.connection.vendor == "sqlite":
            for event in self._of_rows:  # SQLite knows one event a trigger
                self._execute(schema_editor, SQLITE, event, name=self._name_of(event))
            return
        self._execute(schema_editor, FUNCTION, self.event)
        self._execute(schema_editor, ROWS, " OR ".join(self._of_rows))
        if TRUNCATE in self.event:
            self._execute(schema_editor, WHOLE, TRUNCATE)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Drop them."""
        if schema_editor.connection.vendor == "sqlite":
            for event in self._of_rows:
                schema_editor.execute(f"DROP TRIGGER {self._name_of(event)}")
        else:
            schema_editor.execute(f"DROP FUNCTION {self.name}() CASCADE")  # and the triggers that call it

    def describe(self) -> str:
        """For ``migrate --plan``."""
        return f"Refuse {self.event} on {self.table}: {self.message}"

    def _name_of(self, event: str) -> str:
        return f"{self.name}_{event.split()[0].lower()}"

    def _execute(
        self, editor: BaseDatabaseSchemaEditor, sql: str, event: str, name: str | None = None
    ) -> None:
        editor.execute(
            sql.format(
                name=name or self.name,
                table=self.table,
                event=event,
                message=self.message,
                condition=self.condition,
            ),
            params=None,
        )
