"""What the database refuses about links, whoever asks."""

from django.db import migrations

from ostrakon.ledger.triggers import Refuse

LINK, SEARCH, ACCOUNT = "triage_link", "triage_linksearch", "intake_account"


def changed(*columns: str) -> str:
    """One of the columns gets another value."""
    return " OR ".join(f"(NEW.{c} <> OLD.{c} OR (NEW.{c} IS NULL) <> (OLD.{c} IS NULL))" for c in columns)


A_STEP_IT_MAY_TAKE = """
(OLD.status IN ('open', 'cannot_tell') AND NEW.status IN ('same', 'different', 'cannot_tell', 'expired', 'revoked'))
OR (OLD.status = 'same' AND NEW.status IN ('different', 'cannot_tell', 'revoked'))
OR (OLD.status = 'different' AND NEW.status IN ('same', 'cannot_tell'))
"""
ON_TWO_PLATFORMS = f"""
NOT EXISTS (SELECT 1 FROM {ACCOUNT} a JOIN {ACCOUNT} s ON s.platform = a.platform
            WHERE a.id = NEW.account_id AND s.id = NEW.suspended_account_id)
"""
RULES = [
    Refuse(
        "link_stays_on_one_platform",
        LINK,
        "INSERT",
        "accounts of two platforms are never linked",
        ON_TWO_PLATFORMS,
    ),
    Refuse(
        "link_begins_open",
        LINK,
        "INSERT",
        "a link begins as a hypothesis that waits for a person",
        "NEW.status <> 'open'",
    ),
    Refuse(
        "link_is_written_once",
        LINK,
        "UPDATE",
        "what was found about a link never changes; another search finds it anew",
        changed(
            "search_id",
            "account_id",
            "suspended_account_id",
            "rank",
            "probability",
            "false_link_rate",
            "channels",
            "found_at",
        ),
    ),
    Refuse(
        "evidence_of_a_link_is_only_erased",
        LINK,
        "UPDATE",
        "the evidence of a link may be erased by its rule, nothing else",
        "NEW.evidence IS NOT NULL AND OLD.evidence IS NULL",
    ),
    Refuse(
        "link_goes_its_steps",
        LINK,
        "UPDATE",
        "a link cannot go from where it stands to there",
        f"NEW.status <> OLD.status AND NOT ({A_STEP_IT_MAY_TAKE})",
    ),
    Refuse(
        "link_is_kept", LINK, "DELETE OR TRUNCATE", "a link is kept; it may expire, and lose its evidence"
    ),
    Refuse(
        "search_never_changes",
        SEARCH,
        "UPDATE OR DELETE OR TRUNCATE",
        "what was searched for, and with what, never changes",
    ),
]


class Migration(migrations.Migration):
    dependencies = [("triage", "0002_links")]

    operations = [*RULES]
