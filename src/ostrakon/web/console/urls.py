"""Where the pages of the console stand."""

from __future__ import annotations

from django.urls import URLPattern, path

from ostrakon.web.console import approvals, batches, case, deciding, guest, home, queue

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("queue", queue.queue, name="queue"),
    path("queue/changes", queue.changes, name="queue_changes"),
    path("queue/next", queue.next_one, name="next"),
    path("queue/filters", queue.save, name="save_filter"),
    path("queue/filters/<int:filter_id>/remove", queue.forget, name="forget_filter"),
    path("cases/<int:case_id>", case.case, name="case"),
    path("cases/<int:case_id>/take", queue.take, name="take"),
    path("cases/<int:case_id>/notes", case.note, name="note"),
    path("cases/<int:case_id>/urgent", case.urgent, name="urgent"),
    path("cases/<int:case_id>/opinions/ask", case.ask, name="ask_opinion"),
    path("cases/<int:case_id>/opinions", case.opinion, name="opinion"),
    path("cases/<int:case_id>/guests", case.invite, name="invite"),
    path("cases/<int:case_id>/evidence/<int:evidence_id>", case.reveal_evidence, name="reveal"),
    path("cases/<int:case_id>/preview", deciding.preview, name="preview"),
    path("cases/<int:case_id>/decide", deciding.decide, name="decide"),
    path("approvals", approvals.approvals, name="approvals"),
    path("decisions/<int:decision_id>", approvals.decision, name="decision"),
    path("decisions/<int:decision_id>/answer", approvals.answer, name="answer"),
    path("batches", batches.batches, name="batches"),
    path("batches/new", batches.prepare, name="prepare_batch"),
    path("batches/<int:batch_id>", batches.batch, name="batch"),
    path("batches/<int:batch_id>/act", batches.act, name="act_on_batch"),
    path("batches/<int:batch_id>/sample", batches.sample, name="sample"),
    path("guest/<str:token>", guest.guest, name="guest"),
    path("evidence/<int:evidence_id>/media", case.media, name="media"),
]
