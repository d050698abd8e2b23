"""What the database refuses about batches and about reports that are set aside, whoever asks."""

from django.db import migrations

from ostrakon.ledger.triggers import Refuse

BATCH, ITEM, OPINION = "casework_batch", "casework_batchitem", "casework_opinion"
ASIDE, ASIDE_CASE = "casework_settingaside", "casework_setasidecase"


def changed(*columns: str) -> str:
    """One of the columns gets another value."""
    return " OR ".join(f"(NEW.{c} <> OLD.{c} OR (NEW.{c} IS NULL) <> (OLD.{c} IS NULL))" for c in columns)


A_STEP_IT_MAY_TAKE = """
(OLD.status = 'waits' AND NEW.status IN ('refused', 'called_off', 'released'))
OR (OLD.status = 'released' AND NEW.status IN ('done', 'undoing'))
OR (OLD.status = 'done' AND NEW.status = 'undoing')
OR (OLD.status = 'undoing' AND NEW.status = 'undone')
"""
SEEN_OTHERWISE = f"""
NEW.status = 'released' AND OLD.status <> 'released' AND (
  NOT EXISTS (SELECT 1 FROM {ITEM} i WHERE i.batch_id = NEW.id AND i.in_sample)
  OR EXISTS (
    SELECT 1 FROM {ITEM} i WHERE i.batch_id = NEW.id AND i.in_sample
    AND NOT EXISTS (
      SELECT 1 FROM {OPINION} o
      WHERE o.case_id = i.case_id AND o.person_id = NEW.reread_by_id
      AND o.given_at IS NOT NULL AND o.outcome = NEW.outcome)))
"""
NOT_FOR_A_BATCH = """
NEW.decision_id IS NOT NULL AND EXISTS (
  SELECT 1 FROM casework_decision d WHERE d.id = NEW.decision_id
  AND (d.under_pressure OR d.action IN ('suspend', 'suspend_for_a_time') OR d.case_id <> NEW.case_id))
"""
BATCHES = [
    Refuse(
        "batch_is_written_once",
        BATCH,
        "UPDATE",
        "a batch stays as it was prepared; another is prepared instead",
        changed(
            "policy_id", "outcome", "action", "seed", "prepared_by_id", "prepared_at", "held_until", "key"
        )
        + f" OR (NEW.facts IS NOT NULL AND ({changed('facts')}))",
    ),
    Refuse("batch_begins_waiting", BATCH, "INSERT", "a batch begins by waiting", "NEW.status <> 'waits'"),
    Refuse(
        "batch_goes_its_steps",
        BATCH,
        "UPDATE",
        "a batch cannot go from where it stands to there",
        f"NEW.status <> OLD.status AND NOT ({A_STEP_IT_MAY_TAKE})",
    ),
    Refuse(
        "batch_is_reread_by_one_person",
        BATCH,
        "UPDATE",
        "who re-reads the sample of a batch stays the same",
        f"OLD.reread_by_id IS NOT NULL AND ({changed('reread_by_id', 'taken_up_at')})",
    ),
    Refuse(
        "batch_is_released_when_all_agree",
        BATCH,
        "UPDATE",
        "a second person read the sample of a batch and saw each case in the same way, or it is not released",
        SEEN_OTHERWISE,
    ),
    Refuse(
        "item_of_a_batch_is_written_once",
        ITEM,
        "UPDATE",
        "a case of a batch stays as it was written down",
        changed("batch_id", "case_id", "version", "last_report", "in_sample")
        + f" OR (OLD.decision_id IS NOT NULL AND ({changed('decision_id')}))",
    ),
    Refuse("item_of_a_batch_stays", ITEM, "DELETE OR TRUNCATE", "a case of a batch stays on its list"),
    Refuse(
        "batch_decides_plain_cases",
        ITEM,
        "INSERT OR UPDATE",
        "a batch decides nothing under pressure and suspends nobody",
        NOT_FOR_A_BATCH,
    ),
]
ASIDES = [
    Refuse(
        "setting_aside_is_written_once",
        ASIDE,
        "UPDATE",
        "what was set aside, when and why never changes; it may be taken back once",
        f"({changed('campaign_id', 'why', 'made_by_id', 'made_at')}) OR (OLD.taken_back_at IS NOT NULL"
        f" AND ({changed('taken_back_by_id', 'taken_back_at', 'taken_back_why')}))",
    ),
    Refuse(
        "set_aside_case_never_changes",
        ASIDE_CASE,
        "UPDATE OR DELETE OR TRUNCATE",
        "for which cases reports were set aside never changes: numbers rest on it",
    ),
]


class Migration(migrations.Migration):
    """Batches and what is set aside."""

    dependencies = [("casework", "0006_batches_and_setting_aside")]

    operations = [*BATCHES, *ASIDES]
