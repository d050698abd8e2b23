"""Who works here: alice reviews, bram approves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ostrakon.casework.models import Person


@pytest.fixture
def alice() -> Person:
    return _hired("alice", "reviewer")


@pytest.fixture
def bram() -> Person:
    return _hired("bram", "approver")


def _hired(name: str, role: str) -> Person:
    """This file is read before Django is set up: what needs Django is loaded when it is used."""
    from tests.web.case import person

    from ostrakon.casework.models import Role

    return person(name, Role(role))
