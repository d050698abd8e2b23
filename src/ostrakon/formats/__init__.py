"""Files of the contract to typed tables and back: read, set bad rows aside, write, complete or not at all.

    with Rejected(folder / "rejected.csv") as rejected:
        reports = read(Path("reports.csv.gz"), tables.REPORTS, rejected=rejected, latest=tomorrow)
        for batch in reports: ...
    reports.facts

This room touches files only; it imports nothing but ``analysis`` and ``errors``.
"""

from ostrakon.formats.columns_of import columns_of, number_columns
from ostrakon.formats.output import output_folder
from ostrakon.formats.reading import Facts, Reading, read
from ostrakon.formats.rejected import Rejected
from ostrakon.formats.writing import write

__all__ = ["Facts", "Reading", "Rejected", "columns_of", "number_columns", "output_folder", "read", "write"]
