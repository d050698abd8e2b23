"""The receipt of a report from the public form: who has it sees what came of that report, and nothing else."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer

from ostrakon.errors import NotThere
from ostrakon.intake.models import Report

LONGEST = 200
_signer = Signer(salt="ostrakon.web.receipts", sep=".")


def receipt_of(report: Report) -> str:
    """What the sender keeps."""
    return _signer.sign(str(report.pk))


def report_of(receipt: str) -> Report:
    """The report that a receipt speaks of.

    Raises:
        NotThere: the receipt is forged, was not copied whole, or is from after the backup that was brought back.
    """
    try:
        number = int(_signer.unsign(receipt[:LONGEST]))
        return Report.objects.get(pk=number)
    except (BadSignature, UnicodeEncodeError, Report.DoesNotExist) as problem:
        raise NotThere("this receipt leads nowhere: it may not have been copied whole") from problem
