"""What can be recorded: every kind of entry, in the past tense, with its label."""

from __future__ import annotations

from django.db.models import TextChoices


class Kind(TextChoices):
    """Kinds of ledger entries. A kind is never removed: old entries keep it."""

    # The service itself
    SERVICE_INITIALISED = "service_initialised", "service set up"
    SERVICE_UPGRADED = "service_upgraded", "service upgraded"
    BACKUP_MADE = "backup_made", "backup made"
    BACKUP_RESTORED = "backup_restored", "backup restored"
    SETTING_CHANGED = "setting_changed", "setting changed"
    # People who work here
    PERSON_ADDED = "person_added", "person added"
    PERSON_CHANGED = "person_changed", "person changed"
    ROLE_GRANTED = "role_granted", "role granted"
    ROLE_ENDED = "role_ended", "role ended"
    GUEST_INVITED = "guest_invited", "guest approver invited"
    GUEST_ARRIVED = "guest_arrived", "guest approver came"
    TOKEN_MADE = "token_made", "token made"
    TOKEN_REVOKED = "token_revoked", "token revoked"
    # What is kept, and for how long
    RETENTION_CHANGED = "retention_changed", "time for which something is kept changed"
    DATA_ERASED = "data_erased", "personal data erased by its rule"
    # Intake
    SOURCE_ADDED = "source_added", "source added"
    REPORTS_RECEIVED = "reports_received", "reports received"
    REPORT_CONFLICTED = "report_conflicted", "report with a used id and other content"
    LIST_RECEIVED = "list_received", "published list received"
    EVIDENCE_ERASED = "evidence_erased", "evidence erased by its rule"
    # Triage
    REPORTS_VALUED = "reports_valued", "reports valued"
    # Casework
    POLICY_CHANGED = "policy_changed", "policy changed"
    TEMPLATE_CHANGED = "template_changed", "notice template changed"
    CASES_OPENED = "cases_opened", "cases opened"
    CASE_OFFERED = "case_offered", "case offered"
    CASE_CLAIMED = "case_claimed", "case claimed"
    CASE_RELEASED = "case_released", "case released"
    CASE_ESCALATED = "case_escalated", "case escalated"
    EVIDENCE_REVEALED = "evidence_revealed", "evidence looked at"
    NOTE_WRITTEN = "note_written", "note written"
    OPINION_GIVEN = "opinion_given", "second opinion given"
    DECISION_PROPOSED = "decision_proposed", "decision proposed"
    DECISION_APPROVED = "decision_approved", "decision approved"
    DECISION_DECLINED = "decision_declined", "decision declined by the second person"
    DECISION_WITHDRAWN = "decision_withdrawn", "proposal withdrawn"
    DECISION_IN_FORCE = "decision_in_force", "decision in force"
    DECISION_EXPIRED = "decision_expired", "decision expired"
    DECISION_SUPERSEDED = "decision_superseded", "decision superseded by a later one"
    DECISION_REVERSED = "decision_reversed", "decision reversed"
    BATCH_PREPARED = "batch_prepared", "batch prepared"
    BATCH_TAKEN_UP = "batch_taken_up", "sample of a batch taken up by a second person"
    BATCH_REFUSED = "batch_refused", "batch refused by its second person"
    BATCH_CALLED_OFF = "batch_called_off", "batch called off"
    BATCH_RELEASED = "batch_released", "batch released"
    BATCH_DONE = "batch_done", "batch in force"
    BATCH_UNDONE = "batch_undone", "batch undone"
    REPORTS_SET_ASIDE = "reports_set_aside", "reports of a campaign set aside"
    REPORTS_TAKEN_BACK = "reports_taken_back", "reports that were set aside count again"
    AUDIT_DRAWN = "audit_drawn", "random audit drawn"
    REINSTATEMENT_OPENED = "reinstatement_opened", "bulk reinstatement opened"
    REINSTATEMENT_DONE = "reinstatement_done", "bulk reinstatement done"
    APPEAL_FILED = "appeal_filed", "appeal filed"
    APPEAL_DECIDED = "appeal_decided", "appeal decided"
    NOTICE_WRITTEN = "notice_written", "notice written"
    TASK_OPENED = "task_opened", "task for a person opened"
    TASK_DONE = "task_done", "task done"
    # Enforcement
    DISPATCH_QUEUED = "dispatch_queued", "dispatch queued"
    DISPATCH_DELIVERED = "dispatch_delivered", "dispatch delivered"
    DISPATCH_FAILED = "dispatch_failed", "dispatch failed"
    DISPATCH_CANCELLED = "dispatch_cancelled", "dispatch cancelled"
    WEBHOOK_CHANGED = "webhook_changed", "webhook changed"
