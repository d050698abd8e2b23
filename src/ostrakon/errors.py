"""Every error of Ostrakon, as one tree (a test compares this drawing with the classes).

OstrakonError
  InputUnusable       the input cannot be used; nothing was written (exit status 2)
    UnreadableFile    missing, empty, truncated, or not in the format it claims
    NoSuchColumn      a required column is absent, or a mapped one does not exist
    OutputRefused     the output folder exists and is not empty, or cannot be written
  CannotEstimate      the data at hand do not carry the number that was asked for
"""


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


class CannotEstimate(OstrakonError):
    """The data at hand do not carry the number that was asked for."""
