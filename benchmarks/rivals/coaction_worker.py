"""Runs in the rivals' own environment: one JSON command on standard input, coordination-network-toolkit's answer out.

A process for each command, so that the seconds and the memory of its pool are its own. Actions and edges travel as
.npz files. What the toolkit prints goes to standard error.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import resource
import sqlite3
import sys
import time
from contextlib import redirect_stdout
from importlib.metadata import version

import numpy as np


def prepare(command):
    """Actions into its SQLite file, and its indexes, so that what is measured later is the join alone."""
    from coordination_network_toolkit.compute_networks import compute_co_retweet_parallel
    from coordination_network_toolkit.preprocess import preprocess_data

    with np.load(command["actions"]) as file:
        columns = [file[name].tolist() for name in ("actor", "target", "at")]
    # Its CSV reader makes texts of all ids; through its Python interface they may be numbers, which it joins faster.
    written = {"texts": str, "numbers": int}[command["ids"]]
    # Each row is a message of its own; targets count from 1, for a repost of message 0 is none to the toolkit.
    rows = (
        (written(row), written(actor), "", written(1 + target), None, "", at, [])
        for row, (actor, target, at) in enumerate(zip(*columns, strict=True))
    )
    begun = time.perf_counter()
    preprocess_data(command["database"], rows)
    seconds = time.perf_counter() - begun
    nobody = 10**9
    compute_co_retweet_parallel(command["database"], 0, n_threads=1, min_edge_weight=nobody)
    return {"seconds": seconds}


def compute(command):
    """``co_retweet`` with its own pool; the edges without those from somebody to themselves, as its export does."""
    from coordination_network_toolkit.compute_networks import compute_co_retweet_parallel

    begun, used = time.perf_counter(), cpu_seconds()
    compute_co_retweet_parallel(
        command["database"], command["window"], n_threads=command["threads"], min_edge_weight=command["least"]
    )
    seconds = time.perf_counter() - begun
    gc.collect()  # lets go of the pool, whose processes are counted only when they have ended
    for child in multiprocessing.active_children():
        child.join(10)
    found = {
        "seconds": seconds,
        "cpu": cpu_seconds() - used,
        "peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3,
    }
    query = "select cast(user_1 as integer), cast(user_2 as integer), weight from co_retweet_network"
    edges = np.array(sqlite3.connect(command["database"]).execute(query).fetchall(), np.int64).reshape(-1, 3)
    edges = edges[edges[:, 0] != edges[:, 1]]
    edges = edges[np.lexsort((edges[:, 1], edges[:, 0]))]
    np.savez(command["edges"], source=edges[:, 0], other=edges[:, 1], weight=edges[:, 2])
    return found


def cpu_seconds():
    """CPU seconds of this process and of those that it started and that have ended."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def versions(_command):
    """What is measured here."""
    return {
        "coordination-network-toolkit": version("coordination-network-toolkit"),
        "SQLite": sqlite3.sqlite_version,
    }


COMMANDS = {"prepare": prepare, "compute": compute, "versions": versions}

if __name__ == "__main__":
    given = json.load(sys.stdin)
    with redirect_stdout(sys.stderr):
        answer = COMMANDS[given.pop("do")](given)
    json.dump(answer, sys.stdout)
