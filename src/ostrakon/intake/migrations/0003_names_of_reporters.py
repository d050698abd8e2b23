"""Our own form takes the name of who reports, as the law asks."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_rules")]

    operations = [
        migrations.AddField(
            model_name="reporter",
            name="name",
            field=models.CharField(
                blank=True, default="", help_text="from our own form; erased by its rule", max_length=200
            ),
            preserve_default=False,
        ),
    ]
