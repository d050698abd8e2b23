"""Where the pages of the settings stand."""

from __future__ import annotations

from django.urls import URLPattern, path

from ostrakon.web.console.settings import (
    overview,
    people,
    policies,
    retention,
    sources,
    templates,
    tokens,
    webhooks,
)

urlpatterns: list[URLPattern] = [
    path("settings", overview.overview, name="settings"),
    path("settings/people", people.people, name="people"),
    path("settings/people/<int:person_id>", people.person, name="person"),
    path("settings/people/<int:person_id>/roles/give", people.give_role, name="give_role"),
    path("settings/people/<int:person_id>/roles/end", people.end_role, name="end_role"),
    path("settings/people/<int:person_id>/password", people.new_password, name="new_password"),
    path("settings/people/<int:person_id>/shut-out", people.shut_out, name="shut_out"),
    path("settings/people/<int:person_id>/let-in", people.let_in, name="let_in"),
    path("settings/policies", policies.policies, name="policies"),
    path("settings/policies/new", policies.add, name="add_policy"),
    path("settings/policies/<int:policy_id>", policies.policy, name="policy"),
    path("settings/policies/<int:policy_id>/revise", policies.write_version, name="revise_policy"),
    path("settings/policies/<int:policy_id>/retire", policies.end, name="retire_policy"),
    path("settings/templates", templates.templates, name="templates"),
    path("settings/templates/new", templates.new_language, name="new_template"),
    path("settings/templates/<str:kind>/<str:language>", templates.template, name="template"),
    path("settings/templates/<str:kind>/<str:language>/preview", templates.preview, name="preview_template"),
    path("settings/templates/<str:kind>/<str:language>/write", templates.put_in_force, name="write_template"),
    path("settings/tokens", tokens.tokens, name="tokens"),
    path("settings/tokens/sources", tokens.source_tokens, name="source_tokens"),
    path("settings/tokens/<int:token_id>/end", tokens.end_token, name="end_token"),
    path("settings/sources", sources.sources, name="sources"),
    path("settings/sources/<int:source_id>", sources.source, name="source"),
    path("settings/webhooks", webhooks.webhooks, name="webhooks"),
    path("settings/webhooks/<int:webhook_id>", webhooks.webhook, name="webhook"),
    path("settings/webhooks/<int:webhook_id>/stop", webhooks.stop, name="stop_webhook"),
    path("settings/retention", retention.retention, name="retention"),
    path("settings/retention/<str:kind>", retention.rule, name="retention_rule"),
]
