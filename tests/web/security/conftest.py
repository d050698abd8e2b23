"""The house of the attacks, and one page of each kind in it.

What needs models is imported where it is used: pytest may load this file before Django is set up.
"""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ostrakon.web.anonymous.ALWAYS_S", 0.0)


@pytest.fixture
def house(db: None) -> Any:
    from tests.web.security.world import House

    return House(("plain words", "other words"))


@pytest.fixture
def known(house: Any) -> dict[str, object]:
    from tests.web.security.table import things

    return things(house)


@pytest.fixture
def pages(house: Any, known: dict[str, object]) -> dict[str, str]:
    """The address of each name."""
    from tests.web.security.table import pages_of

    return pages_of(house, known)
