"""The facts of a batch are kept as long as those of its decisions."""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations, models

FROM_THE_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 365


def write_the_rule(apps: Any, schema_editor: Any) -> None:
    rules = apps.get_model("casework", "RetentionRule")
    rules.objects.create(kind="batch_facts", days=DAYS, changed_at=FROM_THE_BEGINNING)


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0008_work_of_a_person"),
    ]

    operations = [
        migrations.AlterField(
            model_name="retentionrule",
            name="kind",
            field=models.CharField(
                choices=[
                    ("report_texts", "texts of reports"),
                    ("conflicts", "reports that came with a used id"),
                    ("evidence", "evidence"),
                    ("notices", "texts of notices"),
                    ("facts", "facts of decisions, and why they ended"),
                    ("batch_facts", "facts of batches"),
                    ("notes", "notes beside cases"),
                    ("appeals", "texts, names and addresses of appeals"),
                    ("reporter_contacts", "addresses of those who reported"),
                    ("account_contacts", "addresses of those who were reported"),
                    ("exposures", "who looked at which evidence"),
                ],
                max_length=20,
                primary_key=True,
                serialize=False,
            ),
        ),
        migrations.RunPython(write_the_rule, migrations.RunPython.noop),
    ]
