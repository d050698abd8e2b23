"""What was said with a platform is erased, never rewritten."""

from django.db import migrations

from ostrakon.ledger.triggers import Refuse


class Migration(migrations.Migration):
    dependencies = [("enforcement", "0004_platform_rules")]

    operations = [
        Refuse(
            "trail_is_only_erased",
            "enforcement_trail",
            "UPDATE",
            "what was said with a platform is erased, never rewritten",
            "NEW.exchanges IS NOT NULL AND (OLD.exchanges IS NULL OR NEW.exchanges <> OLD.exchanges)",
        ),
    ]
