"""The one door to numba: kernels are compiled once and kept where that is possible.

``@njit(cache=True)`` fails *at import* where neither the source folder nor the user's cache folder can be
written (a read-only image, a service user without a home). Then the cache goes to a private temporary folder.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def _somebody_may_write_beside_the_source() -> bool:
    places = (Path(__file__).parent, Path.home() / ".cache")
    return any(place.is_dir() and os.access(place, os.W_OK) for place in places)


if "NUMBA_CACHE_DIR" not in os.environ and not _somebody_may_write_beside_the_source():
    _FOLDER = tempfile.mkdtemp(prefix="ostrakon-kernels-")
    os.environ["NUMBA_CACHE_DIR"] = _FOLDER
    atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)

import numba  # noqa: E402  (the cache folder must be known before numba is imported)


def compiled(kernel: Kernel) -> Kernel:
    """``kernel`` as machine code: no Python objects, no global lock, kept between runs."""
    return cast(Kernel, numba.njit(cache=True, nogil=True)(kernel))
