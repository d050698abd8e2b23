"""Reports and decisions as they come: the log grows, records follow, and what was learned is kept until told."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from ostrakon.analysis.log import Coder, Codes, ReportLog
from ostrakon.analysis.worth.background import background
from ostrakon.analysis.worth.scene import Scene, scene
from ostrakon.analysis.worth.valuation import Model, Valuation, apply, learn
from ostrakon.analysis.worth.verdicts import standing


class Stream:
    """A growing log with its valuation.

    New reports are appended to the coded columns and new decisions to theirs; nothing that was read is read again.
    ``value`` runs the linear passes with the model at hand and learns only at first or when ``learn`` is called, so
    after ``learn`` it equals the valuation of the whole log at once (a test holds this). Decisions alone do not
    rebuild the scene: a reversal costs the records and features it touches.
    """

    def __init__(
        self,
        *,
        accounts: pl.DataFrame | None = None,
        reporters: pl.DataFrame | None = None,
        find_groups: Callable[[ReportLog], Codes] | None = None,
        seed: int = 0,
    ) -> None:
        self.model: Model | None = None
        self._accounts = accounts
        self._reporters = reporters
        self._find_groups = find_groups
        self._seed = seed
        self._coder = Coder()
        self._scene: Scene | None = None
        self._decisions: pl.DataFrame | None = None

    def add_reports(self, reports: pl.DataFrame) -> None:
        """Append a typed table of reports."""
        self._coder.add(reports)
        self._scene = None

    def add_decisions(self, decisions: pl.DataFrame) -> None:
        """Append a typed table of decisions; which of them stands follows the same rule as in a file."""
        known = self._decisions
        self._decisions = decisions if known is None else pl.concat([known, decisions], how="diagonal")

    def learn(self) -> Model:
        """Learn anew from everything so far, and keep it."""
        set_out = self._set_out()
        self.model = learn(set_out, standing(set_out.log, self._decisions), self._seed)
        return self.model

    def value(self) -> Valuation:
        """Value everything so far with the model at hand."""
        set_out = self._set_out()
        return apply(self.model or self.learn(), set_out, standing(set_out.log, self._decisions))

    def _set_out(self) -> Scene:
        if self._scene is None:
            log = self._coder.log()
            groups = self._find_groups(log) if self._find_groups else None
            self._scene = scene(log, background(log, self._accounts, self._reporters), groups)
        return self._scene
