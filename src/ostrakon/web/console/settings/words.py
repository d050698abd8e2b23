"""What the pages of the settings call things."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ostrakon.casework.models import NoticeTemplate, RetentionRule, Role
from ostrakon.enforcement.models import Dispatch
from ostrakon.intake.models import Source
from ostrakon.web.tokens import Scope

ROLES: Mapping[str, Promise] = {
    Role.REVIEWER: _("reviewer"),
    Role.APPROVER: _("approver"),
    Role.APPEALS: _("appeals reviewer"),
    Role.SAFETY_LEAD: _("safety lead"),
    Role.AUDITOR: _("auditor"),
    Role.ADMINISTRATOR: _("administrator"),
}
WHAT_ROLES_DO: Mapping[str, Promise] = {
    Role.REVIEWER: _("Looks at cases and proposes decisions."),
    Role.APPROVER: _("As a reviewer, and is the second person of a suspension."),
    Role.APPEALS: _("Hears appeals, and undoes wrongful waves."),
    Role.SAFETY_LEAD: _("Decides under pressure, writes policies and notices."),
    Role.AUDITOR: _("Reads everything, the record too, and changes nothing."),
    Role.ADMINISTRATOR: _("Cares for people, keys, sources and webhooks; sees no case."),
}
NOTICES: Mapping[str, Promise] = {
    NoticeTemplate.Kind.STATEMENT_OF_REASONS: _("Statement of reasons, to the account"),
    NoticeTemplate.Kind.REINSTATEMENT: _("Reinstatement, to the account"),
    NoticeTemplate.Kind.APPEAL_RECEIVED: _("Receipt of an appeal"),
    NoticeTemplate.Kind.APPEAL_DENIED: _("An appeal that was not granted"),
    NoticeTemplate.Kind.REPORT_OUTCOME: _("What came of a report, to who reported"),
}
SOURCES: Mapping[str, Promise] = {
    Source.Kind.USER: _("people who use the platform"),
    Source.Kind.TRUSTED_FLAGGER: _("trusted flagger"),
    Source.Kind.AUTHORITY: _("authority"),
    Source.Kind.PUBLISHED_LIST: _("published list"),
    Source.Kind.OTHER_PLATFORM: _("another platform"),
    Source.Kind.OWN_FINDING: _("our own finding"),
}
SCOPES: Mapping[str, Promise] = {
    Scope.REPORTS_WRITE: _("send reports"),
    Scope.ACCOUNTS_WRITE: _("say what is known of accounts"),
    Scope.LISTS_WRITE: _("send published lists"),
    Scope.CASES_READ: _("read cases"),
    Scope.CASES_WRITE: _("work on cases"),
    Scope.DECISIONS_WRITE: _("propose and approve decisions"),
    Scope.APPEALS_WRITE: _("decide appeals"),
    Scope.TASKS_WRITE: _("do tasks"),
    Scope.RECORD_READ: _("read the record"),
    Scope.POLICIES_WRITE: _("write policies and notices"),
    Scope.ADMIN: _("care for people, keys, sources and webhooks"),
}
EVENTS: Mapping[str, Promise] = {
    "decision.in_force": _("a decision is in force"),
    "decision.expired": _("its time is over"),
    "decision.superseded": _("a later decision took its place"),
    "decision.reversed": _("it was reversed"),
}
DELIVERIES: Mapping[str, Promise] = {
    Dispatch.State.QUEUED: _("waits for its turn"),
    Dispatch.State.SENDING: _("is being sent"),
    Dispatch.State.DELIVERED: _("delivered"),
    Dispatch.State.FAILED: _("given up"),
    Dispatch.State.CANCELLED: _("called off"),
}
ATTEMPTS: Mapping[str, Promise] = {
    "": _("under way"),
    "delivered": _("delivered"),
    "retry": _("failed for now"),
    "refused": _("refused"),
    "unknown": _("nobody knows"),
}
KEPT: Mapping[str, Promise] = {
    RetentionRule.Kind.REPORT_TEXTS: _("Texts of reports"),
    RetentionRule.Kind.CONFLICTS: _("Reports that came with a used id"),
    RetentionRule.Kind.EVIDENCE: _("Evidence"),
    RetentionRule.Kind.NOTICES: _("Texts of notices"),
    RetentionRule.Kind.FACTS: _("Facts of decisions, and why they ended"),
    RetentionRule.Kind.BATCH_FACTS: _("Facts of batches"),
    RetentionRule.Kind.NOTES: _("Notes beside cases"),
    RetentionRule.Kind.APPEALS: _("Texts of appeals, with names and addresses"),
    RetentionRule.Kind.REPORTER_CONTACTS: _("Names and addresses of those who reported"),
    RetentionRule.Kind.ACCOUNT_CONTACTS: _("Addresses of those who were reported"),
    RetentionRule.Kind.PROFILES: _("How accounts show themselves"),
    RetentionRule.Kind.FOLLOWS: _("Whom accounts follow"),
    RetentionRule.Kind.LINKS: _("Links that nobody confirmed, and the evidence of links"),
    RetentionRule.Kind.LINK_REASONS: _("Why links were judged as they were"),
    RetentionRule.Kind.EXPOSURES: _("Who looked at which evidence"),
}
_AT_REST = _("Since the account is at rest: all decided, nothing to appeal any more.")
_QUIET = _("Since the account is at rest and no decision acts on it.")
COUNTED_FROM: Mapping[str, Promise] = {
    RetentionRule.Kind.REPORT_TEXTS: _AT_REST,
    RetentionRule.Kind.CONFLICTS: _AT_REST,
    RetentionRule.Kind.EVIDENCE: _("Since the account is at rest and nobody reported the same again."),
    RetentionRule.Kind.NOTICES: _AT_REST,
    RetentionRule.Kind.FACTS: _AT_REST,
    RetentionRule.Kind.BATCH_FACTS: _("Since the batch is over and the facts of its decisions are gone."),
    RetentionRule.Kind.NOTES: _AT_REST,
    RetentionRule.Kind.APPEALS: _AT_REST,
    RetentionRule.Kind.REPORTER_CONTACTS: _("Since the last account that they reported is at rest."),
    RetentionRule.Kind.ACCOUNT_CONTACTS: _QUIET,
    RetentionRule.Kind.PROFILES: _QUIET,
    RetentionRule.Kind.FOLLOWS: _QUIET,
    RetentionRule.Kind.LINKS: _(
        "Since the link was found; of a confirmed one, since its account is at rest and no decision acts on it."
    ),
    RetentionRule.Kind.LINK_REASONS: _(
        "Since it was judged; of a confirmed one, since its account is at rest and no decision acts on it."
    ),
    RetentionRule.Kind.EXPOSURES: _("Since somebody looked."),
}
"""From when the days count; ``casework.erasing`` is what is done."""
