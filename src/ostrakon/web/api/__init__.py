"""The REST API: one module a subject, each a thin layer over verbs and queries. ``served.api`` has them all."""
