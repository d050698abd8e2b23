"""How a command ends: whatever goes wrong, in one clear line and an exit status.

0 done; 2 the input cannot be used, nothing was written; 1 an internal failure; 130 interrupted.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from ostrakon.errors import InputUnusable, OstrakonError
from ostrakon.pages.hidden import codepoint, hides_nothing

TRACEBACK = "OSTRAKON_TRACEBACK"
"""Set in the environment, it lets the traceback of an internal failure through."""

ANALYSIS = frozenset({"llvmlite", "numba", "numpy", "polars", "scipy", "sklearn", "zstandard"})
"""What the extra ``analysis`` brings, by the names that are imported."""


@contextmanager
def ending_clearly(kept: str = "nothing was written") -> Iterator[None]:
    """Ends the program in one line on stderr if the block fails; ``kept`` says what is left of its work."""
    try:
        yield
    except InputUnusable as error:
        _stop(str(error), 2)
    except OstrakonError as error:
        _stop(str(error), 1)
    except BrokenPipeError:
        _stop_writing()
    except KeyboardInterrupt:
        _stop(f"interrupted; {kept}", 130)
    except MemoryError:
        _stop(f"not enough memory for this input; {kept}", 1)
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ANALYSIS:
            _fail(error, kept)
        _stop(
            f"{error.name} cannot be imported ({error}): pip install 'ostrakon[analysis]' brings what is missing",
            1,
        )
    except OSError as error:
        _stop(f"{error}; {kept}", 1)
    except Exception as error:  # noqa: BLE001  the last door: nobody meets a traceback who did not ask for one
        _fail(error, kept)
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what polars throws when it trips; no Exception
            raise
        _fail(error, kept)


def visible(text: str) -> str:
    """A text for a terminal: characters that draw nothing, or do more than draw, are spelled out.

    >>> visible("a" + chr(0x202E) + "b" + chr(27) + "[2J")
    'a<U+202E>b<U+001B>[2J'
    """
    if hides_nothing(text):
        return text
    return "".join(c if hides_nothing(c) else f"<{codepoint(c)}>" for c in text)


def show_every_character() -> None:
    """Lets a terminal that lacks a letter show its number instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _fail(error: BaseException, kept: str) -> NoReturn:
    if os.environ.get(TRACEBACK):
        raise error
    _stop(
        f"internal failure ({type(error).__name__}: {error}); {kept}. Please report it, with the output of the "
        f"same command after export {TRACEBACK}=1",
        1,
    )


def _stop(message: str, status: int) -> NoReturn:
    typer.echo(f"ostrakon: {visible(message)}", err=True)
    raise SystemExit(status)


def _stop_writing() -> NoReturn:
    """Whoever read our output has enough of it, as in ``| head``: the work itself is done."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains at its own end
    raise SystemExit(0)
