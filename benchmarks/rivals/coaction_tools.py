"""The tools that count co-actions: a log for them, how they are asked, and their semantics by our engine."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.campaigns.coaction import CoActions, Windows, co_actions, windows

HERE = Path(__file__).parent
Integers = NDArray[np.int64]
Edges = NDArray[np.int64]
"""(E, 3) source, other, weight, sorted."""


@dataclass(frozen=True)
class Actions:
    """N actions: codes from 0, and seconds."""

    actor: NDArray[np.int32]
    target: NDArray[np.int32]
    at: Integers


# -- a log -------------------------------------------------------------------------------------

MONTH_S = 30 * 86_400


def draw(ordinary: int, seed: int, *, crowds: int = 10, crowd: int = 2_000) -> Actions:
    """Skewed as report logs are: few do most, few targets get most, most reports follow an event.

    ``ordinary`` actions over 30 days by an eighth as many actors (Pareto 1.5, one in 500 of them fifty times as busy)
    on a tenth as many targets (Zipf .75), 70 % after their target's event (log-normal delay, median 8 h), the rest
    whenever; and ``crowds`` viral targets with ``crowd`` actors each (median delay 2 h).
    """
    rng = np.random.default_rng(seed)
    actors, targets = ordinary // 8, ordinary // 10
    activity = 1 + rng.pareto(1.5, actors)
    activity[rng.random(actors) < 0.002] *= 50
    popularity = np.arange(1, targets + 1) ** -0.75
    actor = rng.choice(actors, ordinary, p=activity / activity.sum())
    target = rng.choice(targets, ordinary, p=popularity / popularity.sum())
    follows = rng.random(ordinary) < 0.7
    after = rng.uniform(0, MONTH_S, targets)[target] + rng.lognormal(np.log(8 * 3_600), 1.2, ordinary)
    at = np.where(follows, after, rng.uniform(0, MONTH_S, ordinary))
    viral_actor = np.concatenate([rng.choice(actors, crowd, replace=False) for _ in range(crowds)])
    viral = np.repeat(np.arange(crowds), crowd)
    viral_at = rng.uniform(0, MONTH_S, crowds)[viral] + rng.lognormal(np.log(2 * 3_600), 1.2, len(viral))
    return Actions(
        np.concatenate([actor, viral_actor]).astype(np.int32),
        np.concatenate([target, targets + viral]).astype(np.int32),
        np.concatenate([at, viral_at]).astype(np.int64),
    )


# -- coordination-network-toolkit --------------------------------------------------------------


@dataclass(frozen=True)
class Toolkit:
    """A database of actions in a folder, and the Python in which the toolkit is installed."""

    python: Path
    folder: Path

    def versions(self) -> dict[str, Any]:
        """What is installed."""
        return self._ask("versions")

    def prepare(self, actions: Actions, ids: str) -> float:
        """Seconds it takes to read the actions into its database, with ids as ``texts`` or ``numbers``."""
        given = self.folder / "actions.npz"
        np.savez(given, actor=actions.actor, target=actions.target, at=actions.at)
        return float(self._ask("prepare", actions=str(given), ids=ids)["seconds"])

    def compute(self, window: int, least: int, threads: int) -> tuple[Edges, dict[str, float]]:
        """Its edges; wall and CPU seconds, and the peak memory of its largest process in MB."""
        out = self.folder / "edges.npz"
        took = self._ask("compute", window=window, least=least, threads=threads, edges=str(out))
        with np.load(out) as file:
            return np.column_stack([file["source"], file["other"], file["weight"]]), took

    def _ask(self, do: str, **command: Any) -> dict[str, Any]:
        whole = {"do": do, "database": str(self.folder / "actions.sqlite"), **command}
        done = subprocess.run(
            [str(self.python), str(HERE / "coaction_worker.py")],
            input=json.dumps(whole),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"the toolkit failed at {do}:\n{done.stderr}")
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


def engine(actions: Actions, window: int, least: int = 1) -> CoActions:
    """The same by the product's engine."""
    return co_actions(actions.actor, actions.target, actions.at, window=window, least=least)


def engine_edges(actions: Actions, window: int, least: int = 1) -> Edges:
    """What the engine finds as rows."""
    found = engine(actions, window, least)
    return np.column_stack([found.source, found.other, found.weight]).astype(np.int64)


# -- CooRTweet ---------------------------------------------------------------------------------


def run_coortweet(
    rscript: str, checkout: Path, dataset: str, window: int, participation: int
) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, Any]]:
    """The rows of one of its data sets, the edges (from, to, weight) that it finds in them, and what that took."""
    with tempfile.TemporaryDirectory(prefix="coortweet-") as folder:
        arguments = [str(checkout), dataset, str(window), str(participation), folder]
        done = subprocess.run(
            [rscript, str(HERE / "coortweet.R"), *arguments], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"CooRTweet failed:\n{done.stderr}")
        rows, edges = (
            pl.read_csv(Path(folder) / name, infer_schema=False) for name in ("rows.csv", "edges.csv")
        )
    return rows, edges.with_columns(pl.col("weight").cast(pl.Int64)), json.loads(done.stdout.splitlines()[-1])


def coded(names: pl.Series) -> NDArray[np.int32]:
    """Text as codes in text order."""
    return names.rank("dense").cast(pl.Int32).to_numpy() - 1


def actions_of(rows: pl.DataFrame) -> Actions:
    """CooRTweet's rows: accounts are actors, objects targets."""
    at = rows["timestamp_share"].cast(pl.Float64).cast(pl.Int64).to_numpy()
    return Actions(coded(rows["account_id"]), coded(rows["object_id"]), at)


def coortweet_edges(rows: pl.DataFrame, window: int, participation: int) -> Edges:
    """What CooRTweet 2.1.3 finds, by our engine: (account, later account in text order, weight), codes of ``rows``.

    Where it differs from :func:`co_actions`, read in its ``detect_groups`` and ``generate_coordinated_network``:

    1. Rows of accounts with fewer than ``participation`` rows are left out first.
    2. A row whose content is the object itself is company to nobody.
    3. Edges have no direction, and their weight is the number of *pairs of rows* within the window; ours counts the
       rows of one side. They differ only where an account shares an object twice. So the k-th row of an account on an
       object is given to the account's k-th self: no self acts twice on an object, our weights are pairs, and the
       sums over the selves are CooRTweet's weights.
    4. An edge stays if at least one end has ``participation`` rows with contents that are in some pair; the other end
       need not.
    """
    counts = rows.group_by("account_id").len()
    enough = rows.join(counts.filter(pl.col("len") >= participation), on="account_id", how="semi").select(
        "content_id", "account_id", "object_id", "timestamp_share"
    )
    names = pl.DataFrame({"account_id": rows["account_id"], "account": coded(rows["account_id"])}).unique()
    enough = enough.join(names, on="account_id", how="left", maintain_order="left")
    acting = enough.filter(pl.col("content_id") != pl.col("object_id")).with_columns(
        itself=pl.int_range(pl.len()).over("account_id", "object_id")
    )
    selves = acting.select("account", "itself").unique().sort("account", "itself").with_row_index("self")
    acting = acting.join(selves, on=["account", "itself"], how="left", maintain_order="left")

    plain = actions_of(acting)
    own = acting["self"].cast(pl.Int32).to_numpy()
    found = co_actions(own, plain.target, plain.at, window=window)
    account = selves["account"].to_numpy()
    ends = pl.DataFrame(
        {"u": account[found.source], "v": account[found.other], "weight": found.weight.astype(np.int64)}
    )
    edges = ends.filter(pl.col("u") < pl.col("v")).group_by("u", "v").agg(pl.col("weight").sum())

    near = windows(plain.actor, plain.target, plain.at, window=window)
    paired = acting.filter(pl.Series(in_company(plain.actor, near)))["content_id"].unique()
    taking_part = enough.filter(pl.col("content_id").is_in(paired.implode())).group_by("account").len()
    kept = taking_part.filter(pl.col("len") >= participation)["account"].implode()
    edges = edges.filter(pl.col("u").is_in(kept) | pl.col("v").is_in(kept)).sort("u", "v")
    return edges.to_numpy()


def in_company(actor: NDArray[np.int32], near: Windows) -> NDArray[np.bool_]:
    """(N,) for each row, whether somebody else is in its window."""
    placed = actor[near.order]
    changes = np.cumsum(np.diff(placed, prepend=placed[:1]) != 0)
    result = np.empty(len(actor), np.bool_)
    result[near.order] = changes[near.high - 1] != changes[near.low]
    return result


def named_edges(rows: pl.DataFrame, edges: pl.DataFrame) -> Edges:
    """CooRTweet's own edges in the codes of ``rows``, each with its ends in order."""
    names = rows["account_id"].unique().sort()
    ends = np.sort(np.searchsorted(names.to_numpy(), edges.select("from", "to").to_numpy()), axis=1)
    whole = np.column_stack([ends, edges["weight"].to_numpy()]).astype(np.int64)
    return whole[np.lexsort((whole[:, 1], whole[:, 0]))]
