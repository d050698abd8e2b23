"""What the database refuses, whoever asks: a command stays what it was, and how it ended is said once."""

from django.db import migrations

from ostrakon.ledger.triggers import Refuse

CONNECTION, COMMAND, TRAIL = "enforcement_connection", "enforcement_command", "enforcement_trail"
EFFECT = ("dispatch_id", "connection_id", "action", "label", "gives_back")
OTHER_EFFECT = " OR ".join(f"NEW.{c} <> OLD.{c}" for c in EFFECT)


class Migration(migrations.Migration):
    dependencies = [("enforcement", "0003_platforms")]

    operations = [
        Refuse("connection_is_kept", CONNECTION, "DELETE", "a connection is switched off, never removed"),
        Refuse(
            "connection_stays_with_its_platform",
            CONNECTION,
            "UPDATE",
            "a connection is to one platform; another is another connection",
            "NEW.platform <> OLD.platform OR NEW.kind <> OLD.kind",
        ),
        Refuse("command_is_kept", COMMAND, "DELETE", "what was to be carried out is kept for ever"),
        Refuse(
            "command_keeps_its_effect",
            COMMAND,
            "UPDATE",
            "a command is for one effect; another is another command",
            OTHER_EFFECT,
        ),
        Refuse(
            "command_carried_out_stays_so",
            COMMAND,
            "UPDATE",
            "what was carried out stays so; what takes it back is another command",
            "OLD.ended IN ('applied', 'already') AND NEW.ended <> OLD.ended",
        ),
        Refuse("trail_is_kept", TRAIL, "DELETE", "that something was said is kept; its words are erased"),
        Refuse(
            "trail_is_never_rewritten",
            TRAIL,
            "UPDATE",
            "what was said with a platform never changes",
            "NEW.attempt_id <> OLD.attempt_id OR NEW.digest <> OLD.digest",
        ),
    ]
