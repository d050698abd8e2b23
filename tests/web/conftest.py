"""After a request, its language stays with the thread: the next test begins in English."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _in_english_again() -> Iterator[None]:
    yield
    translation.deactivate()
