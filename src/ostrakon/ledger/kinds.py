"""What can be recorded: every kind of entry, in the past tense, with its label."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """Kinds of ledger entries. A kind is never removed: old entries keep it."""

    # The service itself
    SERVICE_INITIALISED = "service_initialised", _("service set up")
    SERVICE_UPGRADED = "service_upgraded", _("service upgraded")
    BACKUP_MADE = "backup_made", _("backup made")
    BACKUP_RESTORED = "backup_restored", _("backup restored")
    SETTING_CHANGED = "setting_changed", _("setting changed")
    # People who work here
    PERSON_ADDED = "person_added", _("person added")
    PERSON_CHANGED = "person_changed", _("person changed")
    ROLE_GRANTED = "role_granted", _("role granted")
    ROLE_ENDED = "role_ended", _("role ended")
    GUEST_INVITED = "guest_invited", _("guest approver invited")
    GUEST_ARRIVED = "guest_arrived", _("guest approver came")
    TOKEN_MADE = "token_made", _("token made")
    TOKEN_REVOKED = "token_revoked", _("token revoked")
    # What is kept, and for how long
    RETENTION_CHANGED = "retention_changed", _("time for which something is kept changed")
    DATA_ERASED = "data_erased", _("personal data erased by its rule")
    # Intake
    SOURCE_ADDED = "source_added", _("source added")
    REPORTS_RECEIVED = "reports_received", _("reports received")
    REPORT_CONFLICTED = "report_conflicted", _("report with a used id and other content")
    LIST_RECEIVED = "list_received", _("published list received")
    EVIDENCE_ERASED = "evidence_erased", _("evidence erased by its rule")
    # Triage
    REPORTS_VALUED = "reports_valued", _("reports valued")
    LINKS_SEARCHED = "links_searched", _("returners looked for")
    # Casework
    POLICY_CHANGED = "policy_changed", _("policy changed")
    TEMPLATE_CHANGED = "template_changed", _("notice template changed")
    CASES_OPENED = "cases_opened", _("cases opened")
    CASE_OFFERED = "case_offered", _("case offered")
    CASE_CLAIMED = "case_claimed", _("case claimed")
    CASE_RELEASED = "case_released", _("case released")
    CASE_ESCALATED = "case_escalated", _("case escalated")
    EVIDENCE_REVEALED = "evidence_revealed", _("evidence looked at")
    NOTE_WRITTEN = "note_written", _("note written")
    OPINION_GIVEN = "opinion_given", _("second opinion given")
    DECISION_PROPOSED = "decision_proposed", _("decision proposed")
    DECISION_APPROVED = "decision_approved", _("decision approved")
    DECISION_DECLINED = "decision_declined", _("decision declined by the second person")
    DECISION_WITHDRAWN = "decision_withdrawn", _("proposal withdrawn")
    DECISION_IN_FORCE = "decision_in_force", _("decision in force")
    DECISION_EXPIRED = "decision_expired", _("decision expired")
    DECISION_SUPERSEDED = "decision_superseded", _("decision superseded by a later one")
    DECISION_REVERSED = "decision_reversed", _("decision reversed")
    BATCH_PREPARED = "batch_prepared", _("batch prepared")
    BATCH_TAKEN_UP = "batch_taken_up", _("sample of a batch taken up by a second person")
    BATCH_REFUSED = "batch_refused", _("batch refused by its second person")
    BATCH_CALLED_OFF = "batch_called_off", _("batch called off")
    BATCH_RELEASED = "batch_released", _("batch released")
    BATCH_DONE = "batch_done", _("batch in force")
    BATCH_UNDONE = "batch_undone", _("batch undone")
    REPORTS_SET_ASIDE = "reports_set_aside", _("reports of a campaign set aside")
    REPORTS_TAKEN_BACK = "reports_taken_back", _("reports that were set aside count again")
    LINK_JUDGED = "link_judged", _("link to a suspended account judged")
    LINKS_REVOKED = "links_revoked", _("links to a reinstated account revoked")
    AUDIT_DRAWN = "audit_drawn", _("random audit drawn")
    REINSTATEMENT_OPENED = "reinstatement_opened", _("bulk reinstatement opened")
    REINSTATEMENT_DONE = "reinstatement_done", _("bulk reinstatement done")
    APPEAL_FILED = "appeal_filed", _("appeal filed")
    APPEAL_DECIDED = "appeal_decided", _("appeal decided")
    NOTICE_WRITTEN = "notice_written", _("notice written")
    TASK_OPENED = "task_opened", _("task for a person opened")
    TASK_DONE = "task_done", _("task done")
    # Enforcement
    DISPATCH_QUEUED = "dispatch_queued", _("dispatch queued")
    DISPATCH_DELIVERED = "dispatch_delivered", _("dispatch delivered")
    DISPATCH_FAILED = "dispatch_failed", _("dispatch failed")
    DISPATCH_CANCELLED = "dispatch_cancelled", _("dispatch cancelled")
    WEBHOOK_CHANGED = "webhook_changed", _("webhook changed")
    CONNECTION_ADDED = "connection_added", _("connection to a platform added")
    CONNECTION_CHANGED = "connection_changed", _("connection to a platform changed")
    CONNECTION_HALTED = "connection_halted", _("connection to a platform halted")
    CONNECTION_RESUMED = "connection_resumed", _("connection to a platform works again")
    COMMAND_CARRIED_OUT = "command_carried_out", _("command carried out on a platform")
    COMMAND_REFUSED = "command_refused", _("command not carried out on a platform")
    DRIFT_FOUND = "drift_found", _("account differs from what was decided")
    # Did it work?
    HISTORY_ADDED = "history_added", _("file of an earlier time added")
    HISTORY_WITHDRAWN = "history_withdrawn", _("file of an earlier time withdrawn and erased")
    IMPACT_ASKED = "impact_asked", _("measuring of what came of it asked for")
    IMPACT_MEASURED = "impact_measured", _("what came of it measured")
