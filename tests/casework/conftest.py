"""The staff of the tests about links: bram reviews, dana approves, lena leads safety."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ostrakon.casework.models import Person


@pytest.fixture
def bram() -> Person:
    return _staff()[0]


@pytest.fixture
def dana() -> Person:
    return _staff()[1]


@pytest.fixture
def lena() -> Person:
    return _staff()[2]


def _staff() -> tuple[Person, Person, Person]:
    """This file is read before Django is set up: what needs Django is loaded when it is used."""
    from tests.casework.linking import staff

    return staff()
