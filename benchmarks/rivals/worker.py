"""Runs in the rivals' own environment: reads one JSON command a line, answers each with one JSON line.

Arrays travel as .npz files, for nothing else is installed on both sides. Times are CPU seconds of the work alone.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version

import numpy as np


def crowdkit(command):
    """Dawid-Skene or one-coin on answers (task, worker, yes), with known answers where ``gold`` is finite."""
    import pandas as pd
    from crowdkit.aggregation import DawidSkene, OneCoinDawidSkene

    with np.load(command["answers"]) as file:
        answers = {name: file[name] for name in file.files}
    frame = pd.DataFrame({"task": answers["task"], "worker": answers["worker"], "label": answers["label"]})
    model = (OneCoinDawidSkene if command["one_coin"] else DawidSkene)(
        n_iter=command["rounds"], tol=command["tol"]
    )
    arguments = [frame]
    if "gold" in answers:
        known = np.flatnonzero(np.isfinite(answers["gold"]))
        arguments.append(pd.Series(answers["gold"][known].astype(int), index=known))
    begun = time.process_time()
    model.fit(*arguments)
    seconds = time.process_time() - begun
    np.savez(command["out"], task=model.probas_.index.to_numpy(), truth=model.probas_[1].to_numpy())
    return {"seconds": seconds, "rounds": len(model.loss_history_)}


def duckdb_load(command):
    """A report log as tables in memory, so that a pass measures the pass."""
    connection = hardened()
    connection.execute("CREATE TABLE reports AS SELECT * FROM read_parquet(?)", [command["reports"]])
    connection.execute("CREATE TABLE scores AS SELECT * FROM read_parquet(?)", [command["scores"]])
    STATE["duckdb"] = connection
    return {}


PASS = """
    WITH evidence AS (
        SELECT account, {prior} + sum(score::DOUBLE) AS logit
        FROM reports JOIN scores USING (reporter) GROUP BY account
    )
    SELECT reporter, sum(1 / (1 + exp({own} - logit))) AS credit
    FROM reports JOIN evidence USING (account) {join} GROUP BY reporter ORDER BY reporter
"""


def duckdb_pass(command):
    """One pass in SQL; ``leave_one_out`` takes each reporter's own score out of what it learns from."""
    alone = command["leave_one_out"]
    own, join = ("score::DOUBLE", "JOIN scores USING (reporter)") if alone else ("0", "")
    query = PASS.format(prior=command["prior"], own=own, join=join)
    begun = time.process_time()
    found = STATE["duckdb"].execute(query).fetchnumpy()
    seconds = time.process_time() - begun
    return {"seconds": seconds, "total": float(found["credit"].sum())}


def hardened():
    """A DuckDB in memory that fetches nothing from anywhere."""
    import duckdb

    config = {"autoinstall_known_extensions": False, "autoload_known_extensions": False, "threads": 1}
    return duckdb.connect(":memory:", config=config)


def versions(_command):
    """What is measured here."""
    names = ["crowd-kit", "scikit-learn", "pandas", "duckdb", "numpy"]
    return {name: version(name) for name in names}


STATE = {}
COMMANDS = {
    "crowdkit": crowdkit,
    "duckdb_load": duckdb_load,
    "duckdb_pass": duckdb_pass,
    "versions": versions,
}

if __name__ == "__main__":
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = COMMANDS[command.pop("do")](command)
        except Exception as problem:  # noqa: BLE001  (whatever went wrong is the answer)
            answer = {"problem": f"{type(problem).__name__}: {problem}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
