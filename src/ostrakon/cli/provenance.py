"""What every run says about itself, whatever it was about: versions, notes on its files, where its page is from."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version

from ostrakon import __version__
from ostrakon.formats import Facts
from ostrakon.formats.columns import listed
from ostrakon.pages.origin import InputFile, Origin
from ostrakon.pages.wording import things


def versions(libraries: Sequence[str]) -> dict[str, str]:
    """Of Ostrakon, Python and the libraries that can change a number."""
    return {
        "ostrakon": __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in libraries},
    }


def notes_on_files(facts: Mapping[str, Facts]) -> Iterator[str]:
    """What a reader should know about the files, by table of the contract."""
    for name, fact in facts.items():
        if fact.rejected:
            yield f"{name}: {fact.rejected:,} of {things(fact.rows, 'row')} not used; rejected.csv says why."
        if fact.times_without_zone:
            yield f"{name}: {things(fact.times_without_zone, 'time')} without a zone, read as UTC."
        if fact.impossible_times:
            yield f"{name}: {things(fact.impossible_times, 'impossible creation time')}, read as unknown."
        if fact.ignored:
            yield f"{name}: columns that are not used: {listed(fact.ignored)}."


def origin(
    facts: Mapping[str, Facts],
    *,
    seed: int,
    parameters: Mapping[str, object],
    notes: Sequence[str],
    rejected: Mapping[str, int],
) -> Origin:
    """The last section of a page."""
    return Origin(
        version=__version__,
        seed=seed,
        files=[InputFile(fact.file, fact.sha256, fact.rows) for fact in facts.values()],
        parameters={name: value for name, value in parameters.items() if value is not None},
        notes=notes,
        rejected=rejected,
    )
