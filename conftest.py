"""What every suite shares, the examples in docstrings too: steady random data, few threads, and three plugins.

`tests/skips.py` says which tests may be left out, `tests/databases.py` gives the run its database,
`tests/browser/options.py` tells the browser's tests what they are to use.
"""

from __future__ import annotations

import os

from hypothesis import settings

pytest_plugins = ["tests.skips", "tests.databases", "tests.browser.options"]

# Two workers on two cores: a pool of threads in each would only make them wait for each other.
if "PYTEST_XDIST_WORKER" in os.environ:
    for pool in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "POLARS_MAX_THREADS"):
        os.environ.setdefault(pool, "1")

# In CI the same examples every time, so that a red run can be repeated; elsewhere new ones are looked for.
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.register_profile("desk", deadline=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
