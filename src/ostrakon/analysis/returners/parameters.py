"""What a search for returners is asked for, and with which thresholds it works: kept with every result."""

from __future__ import annotations

from dataclasses import asdict, dataclass

VERSION = "2"
"""Of the method: another number may link other accounts in the same tables."""

SUGGESTED_RATE = 0.01
"""Up to this stated false-link rate a link is suggested; what is stated to be worse is only possible.

At 1 %, one ordinary account in a thousand is suggested wrongly where one new account in ten is a return; at 5 %, five
(docs/decisions/0014)."""


@dataclass(frozen=True)
class Parameters:
    """The choices of whoever runs the search; the defaults are those that were measured."""

    most_hypotheses: int = 3
    """So many suspended accounts are shown for one new account, at most; 1 to 3."""
    least_probability: float = 0.05
    """A hypothesis less probable than this is not shown."""
    suggested_rate: float = SUGGESTED_RATE
    """The stated false-link rate up to which a link is a suggestion: the placebo watches these."""
    limit: float = 0.15
    """Suggestions switch themselves off where the placebo says that more than this share of them is false."""
    sleeper_days: float = 10.0
    """An account made so long before a suspension, and after the suspended one, may have been prepared for it."""
    candidates: int = 25
    """Pairs that are looked at for each new account, at most."""
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.most_hypotheses <= 3:
            raise ValueError(
                f"most_hypotheses is {self.most_hypotheses}: nobody is shown more than 3, or none"
            )
        for name in ("least_probability", "suggested_rate", "limit"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is {getattr(self, name)}: it is a share, from 0 to 1")

    def as_dict(self) -> dict[str, float | int | str]:
        """Every choice by name, with the version of the method."""
        return {"version": VERSION, **asdict(self)}
