"""What the background workers do, and how often."""

from __future__ import annotations

from ostrakon.service.worker import Job

JOBS: tuple[Job, ...] = ()
