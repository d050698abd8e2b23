"""What the database refuses, whoever asks: what left the house stays on the books."""

from django.db import migrations

from ostrakon.ledger.triggers import Refuse

DISPATCH, ATTEMPT = "enforcement_dispatch", "enforcement_attempt"
EFFECT = ("key", "lane", "channel", "account_id", "decision_id", "notice_id", "webhook_id")
OTHER_EFFECT = " OR ".join(f"(NEW.{c} <> OLD.{c} OR (NEW.{c} IS NULL) <> (OLD.{c} IS NULL))" for c in EFFECT)


class Migration(migrations.Migration):
    dependencies = [("enforcement", "0001_initial")]

    operations = [
        Refuse("dispatch_is_kept", DISPATCH, "DELETE", "what was to be carried out is kept for ever"),
        Refuse("attempt_is_kept", ATTEMPT, "DELETE", "what was tried is kept for ever"),
        Refuse(
            "dispatch_keeps_its_effect",
            DISPATCH,
            "UPDATE",
            "a dispatch is for one effect; another is another dispatch",
            OTHER_EFFECT,
        ),
        Refuse(
            "what_is_delivered_or_void_stays_so",
            DISPATCH,
            "UPDATE",
            "what was delivered, or made void, stays so",
            "OLD.state IN ('delivered', 'cancelled')"
            " AND (NEW.state <> OLD.state OR NEW.attempts <> OLD.attempts"
            " OR (NEW.delivered_at IS NULL) <> (OLD.delivered_at IS NULL) OR NEW.delivered_at <> OLD.delivered_at)",
        ),
        Refuse(
            "attempt_is_ended_once",
            ATTEMPT,
            "UPDATE",
            "what came of a try never changes",
            "OLD.number <> NEW.number OR OLD.dispatch_id <> NEW.dispatch_id OR OLD.began_at <> NEW.began_at"
            " OR (OLD.outcome = 'delivered' AND NEW.outcome <> OLD.outcome)",
        ),
    ]
