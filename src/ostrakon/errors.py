"""Every error of Ostrakon, as one tree (a test compares this drawing with the classes).

OstrakonError
  InputUnusable       the input cannot be used; nothing was written (exit status 2)
    UnreadableFile    missing, empty, truncated, or not in the format it claims
    NoSuchColumn      a required column is absent, or a mapped one does not exist
    OutputRefused     the output folder exists and is not empty, or cannot be written
  NotReady            the service is not set up, not up to date or not sound; nothing was started
  CannotEstimate      the data at hand do not carry the number that was asked for
  PlatformError       a platform could not be asked
    PlatformUnreadable  it does not answer, or not in a way that is understood; nothing was moved
  LedgerError         the record cannot be written as asked
    ChainBroken       an entry of the record was changed, is missing, or is out of its order
  Refused             somebody may not do this, or not now; nothing was changed
    NotPermitted      their roles do not allow it
    NotThere          it does not exist, or not for them
    SecondPersonRequired  somebody else must approve it first
    SeniorRequired    the case is under pressure: a safety lead or a guest of a partner must approve it
    TookPart          they took part in the decision that they would judge
    ExemptionApplies  press, research or counter-speech: the exemption was not answered, or applies
    ClaimedBySomebodyElse  a colleague has the case in hand
    NotInThisState    it was decided, withdrawn or changed meanwhile
    Unfit             a value is missing or makes no sense
    TooOften          too many tries in a short time
    TooBusy           too much waits already; nothing of this was taken
"""

from __future__ import annotations


def filled(sentence: str, values: dict[str, object]) -> str:
    """The sentence with its values in their places; of a list, its items behind each other.

    >>> filled("between {least} and {most} days", {"least": 1, "most": 90})
    'between 1 and 90 days'
    """
    return (
        sentence.format_map({name: _plain(value) for name, value in values.items()}) if values else sentence
    )


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


class OstrakonError(Exception):
    """Base of all errors: the message says what happened, what was kept and what to do."""


class InputUnusable(OstrakonError):
    """The input cannot be used; nothing was written."""


class UnreadableFile(InputUnusable):
    """A file is missing, empty, truncated, or not in the format it claims."""


class NoSuchColumn(InputUnusable):
    """A required column is absent, or a column named in a mapping does not exist."""


class OutputRefused(InputUnusable):
    """The output folder exists and is not empty, or cannot be written."""


class NotReady(OstrakonError):
    """The service is not set up, not up to date or not sound; nothing was started."""


class CannotEstimate(OstrakonError):
    """The data at hand do not carry the number that was asked for."""


class PlatformError(OstrakonError):
    """A platform could not be asked."""


class PlatformUnreadable(PlatformError):
    """A platform does not answer, or not in a way that is understood; nothing was moved.

    ``halts`` says whether the connection itself is unfit: a person must mend it first. ``wait_s`` are the seconds that
    the platform asks to wait; None: it does not ask.
    """

    def __init__(self, message: str, *, halts: bool = False, wait_s: float | None = None) -> None:
        super().__init__(message)
        self.halts = halts
        self.wait_s = wait_s


class LedgerError(OstrakonError):
    """The record cannot be written as asked."""


class ChainBroken(LedgerError):
    """An entry of the record was changed, is missing, or is out of its order."""


class Refused(OstrakonError):
    """Somebody may not do this, or not now; nothing was changed.

    ``sentence`` says why, in plain English, with a place in braces for each of ``values``: so that it can be said in
    another language as well.

    >>> str(Unfit("say which, one of {names}", names=["yes", "no"]))
    'say which, one of yes, no'
    """

    def __init__(self, sentence: str, **values: object) -> None:
        self.sentence = sentence
        self.values = values
        super().__init__(filled(sentence, values))


class NotPermitted(Refused):
    """Their roles do not allow it."""


class NotThere(Refused):
    """It does not exist, or not for them: the two look the same from outside."""


class SecondPersonRequired(Refused):
    """Somebody else must approve it first."""


class SeniorRequired(Refused):
    """The case is under pressure: a safety lead, or a guest of a partner server, must approve it."""


class TookPart(Refused):
    """They took part in the decision that they would judge."""


class ExemptionApplies(Refused):
    """Press, research or counter-speech: the exemption was not answered, or applies."""


class ClaimedBySomebodyElse(Refused):
    """A colleague has the case in hand."""


class NotInThisState(Refused):
    """It was decided, withdrawn or changed meanwhile."""


class Unfit(Refused):
    """A value is missing or makes no sense."""


class TooOften(Refused):
    """Too many tries in a short time; ``wait_s`` says after how many seconds the next one is heard."""

    def __init__(self, sentence: str, wait_s: int) -> None:
        super().__init__(sentence, wait_s=wait_s)
        self.wait_s = wait_s


class TooBusy(Refused):
    """Too much waits already; nothing of this was taken. ``wait_s`` says after how many seconds to try again."""

    def __init__(self, sentence: str, wait_s: int) -> None:
        super().__init__(sentence, wait_s=wait_s)
        self.wait_s = wait_s
