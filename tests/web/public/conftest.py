"""Tests of the public pages do not wait where people must."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ostrakon.web.anonymous.ALWAYS_S", 0.0)
