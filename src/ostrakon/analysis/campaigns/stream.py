"""Campaigns of a growing log: reports are added as they come, and nothing that was read is read again."""

from __future__ import annotations

import polars as pl

from ostrakon.analysis.campaigns.campaign import Campaigns
from ostrakon.analysis.campaigns.find import find_campaigns
from ostrakon.analysis.log import Coder, ReportLog


class Stream:
    """The coded log of all reports so far, and the campaigns in it.

    Every new report changes how active its reporter is and how large the log is, and so what chance would bring
    everywhere: a test on the old numbers would be wrong. So what is kept is what is dear, the coded columns, and the
    passes over them, which are cheap, run again. A campaign found in parts equals one found at once (a test holds it).
    """

    def __init__(self) -> None:
        self._coder = Coder()
        self._log: ReportLog | None = None
        self._found: Campaigns | None = None

    def add_reports(self, reports: pl.DataFrame) -> None:
        """Append a typed table of reports."""
        self._coder.add(reports)
        self._log = self._found = None

    @property
    def log(self) -> ReportLog:
        """The log of all reports so far; the codes of the campaigns are its codes."""
        if self._log is None:
            self._log = self._coder.log()
        return self._log

    def campaigns(self) -> Campaigns:
        """The campaigns of all reports so far."""
        if self._found is None:
            self._found = find_campaigns(self.log)
        return self._found
