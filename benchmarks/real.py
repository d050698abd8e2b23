"""The whole job on real ratings: members of a market rated each other, and a trusted group's verdicts are the truth.

python benchmarks/real.py --data FOLDER --seeds 10

FOLDER holds bitcoin_alpha_ratings.csv (source,target,weight,timestamp), which is not part of the repository. The
tables of docs/validation.md are written by this command, each between its marks; the text around them is not.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
from _own import weigh
from _results import circumstances, load, table, write_section
from numpy.typing import NDArray
from rivals import dawid_skene, ratings
from rivals.baselines import BASELINES
from rivals.paired import Outcome, Trial
from rivals.ratings import Job, Settings

from ostrakon.analysis.calibration import bins
from ostrakon.worlds import scoring

Floats = NDArray[np.float64]
Scorer = Callable[[Job], pl.DataFrame]
"""A job in; account, score and perhaps probability, probability_low and probability_high out."""

DOC = Path(__file__).resolve().parents[1] / "docs" / "validation.md"
OSTRAKON, BOOSTING, LOGISTIC = "ostrakon", "gradient boosting", "logistic regression"
INTERVAL = ["probability", "probability_low", "probability_high", "violates"]


def ostrakon(job: Job) -> pl.DataFrame:
    """The product's own scorer, as ``ostrakon triage`` calls it."""
    from ostrakon.analysis.worth import results

    valuation = weigh(job)
    error = valuation.model.calibration
    kept = 1 - error.wrongly_upheld - error.wrongly_rejected
    return results.queue(valuation).with_columns(
        score="probability", upheld=error.wrongly_upheld + kept * pl.col("probability")
    )


SCORERS: dict[str, Scorer] = {OSTRAKON: ostrakon, **BASELINES} | {
    f"{name}{' + gold' if gold else ''}": partial(dawid_skene.baseline, gold=gold, one_coin=one_coin)
    for name, one_coin in (("Dawid-Skene", False), ("one-coin", True))
    for gold in (False, True)
}


# -- runs ----------------------------------------------------------------------------------------


def attempt(scorer: str, run: Scorer, job: Job) -> Trial:
    """Score one job and keep the held-out members."""
    begun = time.process_time()
    queue = run(job)
    seconds = time.process_time() - begun
    rows = job.held_out.join(queue, on="account", how="left", maintain_order="left")
    assert rows["score"].null_count() == 0, f"{scorer} left members out"
    kept = [name for name in ("account", "score", "upheld", *INTERVAL) if name in rows.columns]
    return Trial(scorer, job.seed, rows.select(kept), seconds)


def run_all(frame: pl.DataFrame, settings: Settings, seeds: Sequence[int], names: Sequence[str]) -> Outcome:
    """Every scorer on the job of every seed."""
    done = []
    for seed in seeds:
        job = ratings.job(frame, settings, seed)
        done += [attempt(name, SCORERS[name], job) for name in names]
    outcome = Outcome(settings, tuple(done))
    said = " ".join(f"{name} {outcome.values(name, 'ap').mean():.3f}" for name in names)
    print(f"{settings}: {said}", flush=True)
    return outcome


# -- tables --------------------------------------------------------------------------------------


def spread(values: Floats) -> str:
    """Mean and standard deviation."""
    if len(values) == 0:
        return "-"
    return f"{values.mean():.3f}" + (f" ± {values.std(ddof=1):.3f}" if len(values) > 1 else "")


def between(values: Floats) -> str:
    """The middle 95 %."""
    low, high = np.nanquantile(values, [0.025, 0.975])
    return f"{low:.3f} to {high:.3f}"


def coverage(trials: Sequence[Trial]) -> list[str]:
    """Share of right intervals and mean width, all seeds pooled."""
    rows = [trial.rows.select(INTERVAL) for trial in trials if set(INTERVAL) <= set(trial.rows.columns)]
    if not rows:
        return ["-", "-"]
    pooled = pl.concat(rows)
    said = [pooled[name].to_numpy().astype(float) for name in INTERVAL[:3]]
    found = scoring.interval_coverage(*said, pooled["violates"].to_numpy())
    return [f"{found.share:.2f}", f"{found.width:.3f}"]


def main_table(outcome: Outcome, names: Sequence[str]) -> str:
    """A row for each scorer."""
    lines = []
    for name in names:
        chance = outcome.values(name, "chance")
        lines.append(
            [
                name,
                spread(outcome.values(name, "ap")),
                between(outcome.resampled(name, "ap")),
                spread(outcome.values(name, "wrong")),
                spread(outcome.values(name, "error")),
                f"{chance.mean():.3f}" if len(chance) else "-",
                *coverage(outcome.of(name)),
                f"{np.mean([trial.seconds for trial in outcome.of(name)]):.2f}",
            ]
        )
    head = ["scorer", "AP", "95 % over members", "wrong", "calibration error", "of which chance"]
    return table([*head, "intervals right", "width", "CPU s"], lines)


FIGURES = {"ap": ("AP", 1.0), "wrong": ("wrong", -1.0), "error": ("calibration error", -1.0)}
"""Title, and which way is better."""


def gain(outcome: Outcome, rival: str, figure: str) -> tuple[Floats, Floats | None]:
    """How much better Ostrakon is, by seed and by draw of members; positive is better whatever the figure."""
    sign = FIGURES[figure][1]
    by_seed = sign * (outcome.values(OSTRAKON, figure) - outcome.values(rival, figure))
    if figure == "error":  # it grows with every repeated row, so a redraw says nothing
        return by_seed, None
    return by_seed, sign * (outcome.resampled(OSTRAKON, figure) - outcome.resampled(rival, figure))


def reading(draws: Floats) -> str:
    """What an interval says."""
    low, high = np.nanquantile(draws, [0.025, 0.975]).round(3)
    return "better" if low > 0 else "worse" if high < 0 else "not distinguishable"


def paired_table(outcome: Outcome, rivals: Sequence[str]) -> str:
    """Ostrakon less each rival on the same held-out members."""
    lines = []
    for rival in rivals:
        for figure, (title, _) in FIGURES.items():
            if not len(outcome.values(rival, figure)):
                continue
            by_seed, draws = gain(outcome, rival, figure)
            won = f"{int((by_seed > 0).sum())} of {len(by_seed)}"
            deviation = f"{by_seed.std(ddof=1):.3f}" if len(by_seed) > 1 else "-"
            interval = ["-", "-"] if draws is None else [signed(draws), reading(draws)]
            lines.append([rival, title, f"{by_seed.mean():+.3f}", deviation, won, *interval])
    head = ["ostrakon against", "figure", "mean gain", "sd over seeds", "better in"]
    return table([*head, "95 % over members", "so ostrakon is"], lines)


def signed(draws: Floats) -> str:
    """The middle 95 % of a difference."""
    low, high = np.nanquantile(draws, [0.025, 0.975])
    return f"{low:+.3f} to {high:+.3f}"


def in_words(outcome: Outcome, rivals: Sequence[str]) -> str:
    """The comparison in sentences, whichever way it goes."""
    said = []
    for rival in rivals:
        for figure in ("ap", "wrong"):
            by_seed, draws = gain(outcome, rival, figure)
            assert draws is not None
            title = FIGURES[figure][0]
            mine, theirs = outcome.values(OSTRAKON, figure).mean(), outcome.values(rival, figure).mean()
            judged = {
                "better": "Ostrakon is better, and the difference is significant",
                "worse": "**Ostrakon loses, and the difference is significant**",
                "not distinguishable": f"Ostrakon is {'ahead' if by_seed.mean() > 0 else 'behind'}, but **the "
                "difference is not significant** on so few members",
            }[reading(draws)]
            said.append(f"- {title} against {rival}: {mine:.3f} to {theirs:.3f}. {judged} ({signed(draws)}).")
    return "\n".join(said)


def variants_table(outcomes: Mapping[str, Outcome]) -> str:
    """A row for each way to make the job."""
    lines = []
    for name, outcome in outcomes.items():
        rows = [trial.rows for trial in outcome.of(OSTRAKON)]
        base = np.mean([row["violates"].mean() for row in rows])
        line = [name, f"{np.mean([row.height for row in rows]):.0f}", f"{base:.2f}"]
        line += [f"{outcome.values(scorer, 'ap').mean():.3f}" for scorer in VARIED]
        for rival in (BOOSTING, LOGISTIC):
            by_seed, draws = gain(outcome, rival, "ap")
            assert draws is not None
            line.append(f"{by_seed.mean():+.3f} ({signed(draws)})")
        line += [f"{outcome.values(scorer, 'wrong').mean():.3f}" for scorer in (OSTRAKON, BOOSTING)]
        error = outcome.values(OSTRAKON, "error").mean(), outcome.values(OSTRAKON, "chance").mean()
        lines.append([*line, "{:.3f} ({:.3f})".format(*error), *coverage(outcome.of(OSTRAKON))])
    head = ["", "held out", "violate", *(f"AP {short}" for short in VARIED.values())]
    head += ["gain on boosting", "gain on LR", "wrong ostrakon", "wrong boosting"]
    return table([*head, "error (by chance)", "intervals right", "width"], lines)


VARIED = {
    OSTRAKON: "ostrakon",
    BOOSTING: "boosting",
    LOGISTIC: "LR",
    "count per view": "per view",
    "count": "count",
}
"""The scorers that the tables of variants show, with their short names."""


def reliability(outcome: Outcome) -> str:
    """Said and observed in five bins, all seeds pooled."""
    lines = []
    said_by = {
        OSTRAKON: (OSTRAKON, "probability"),
        "ostrakon: chance of being upheld": (OSTRAKON, "upheld"),
        LOGISTIC: (LOGISTIC, "probability"),
        BOOSTING: (BOOSTING, "probability"),
    }
    for name, (scorer, column) in said_by.items():
        pooled = pl.concat([trial.rows.select(column, "violates") for trial in outcome.of(scorer)])
        said, true = pooled[column].to_numpy().astype(float), pooled["violates"].to_numpy()
        found = bins(said, true.astype(float), count=5)
        lines.append([name, *(f"{item.predicted:.2f} / {item.observed:.2f}" for item in found)])
    return table(["said / observed", "lowest fifth", "second", "middle", "fourth", "highest fifth"], lines)


# -- what the doc is made of -----------------------------------------------------------------------

GROUPS = {
    "early-20": "the 20 with the most positive ratings in the first half of the log",
    "early-50": "the 50",
    "early-100": "the 100",
    "pagerank-20": "the 20 highest by PageRank on positive ratings, whole log",
    "pagerank-50": "the 50",
    "pagerank-100": "the 100",
    "founder-5": "the founder and whom the founder rated 5 or more (nearest to the literature's rule)",
    "founder-3": "3 or more",
    "founder-1": "anything positive",
}


def groups_table(frame: pl.DataFrame, truth: str) -> str:
    """What each definition of the group makes of the file."""
    lines = []
    for name, words in GROUPS.items():
        group = ratings.trusted(frame, name)
        said = ratings.reports(frame, group)
        first = said.group_by("account").agg(first=pl.col("reported_at").min())
        judged = ratings.verdicts(frame, group, truth).join(first, on="account")
        bad = judged.filter("violates")
        trusted = pl.col("source").is_in(group) & (pl.col("weight") < 0)
        against = frame.filter(trusted).join(bad, left_on="target", right_on="account")
        loudest = against.group_by("source").len()["len"].max() or 0
        verdict = against.group_by(account="target").agg(
            verdict=pl.col("at").min(), first=pl.col("first").min()
        )
        timing = [
            int((verdict["first"] < verdict["verdict"]).sum()),
            int((verdict["first"] == verdict["verdict"]).sum()),
            int((verdict["first"] > verdict["verdict"]).sum()),
        ]
        lines.append(
            [
                name,
                words,
                *(
                    f"{value:,}"
                    for value in (len(group), said.height, first.height, judged.height, bad.height)
                ),
                f"{bad.height / max(1, judged.height):.2f}",
                f"{loudest / max(1, against.height):.2f}",
                " / ".join(map(str, timing)),
            ]
        )
    head = ["group", "who", "members", "reports", "reported", "with a verdict", "violate", "share"]
    return table([*head, "by one rater", "before / same day / after"], lines)


def shape(frame: pl.DataFrame, settings: Settings) -> str:
    """The file in one sentence."""
    negative = frame.filter(pl.col("weight") < 0)
    members = pl.concat([frame["source"], frame["target"]]).n_unique()
    job = ratings.job(frame, settings, 0)
    per = job.reports.group_by("account").len()["len"]
    group = ratings.trusted(frame, settings.group)
    verdict = (
        frame.filter(pl.col("source").is_in(group)).group_by(account="target").agg(rated=pl.col("at").min())
    )
    first = job.reports.group_by("account").agg(first=pl.col("reported_at").min()).join(verdict, on="account")
    judged = first.join(ratings.verdicts(frame, group, settings.truth), on="account")
    earlier = int((judged["first"] < judged["rated"]).sum())
    return (
        f"The file holds {frame.height:,} ratings by {members:,} members, {negative.height:,} of them negative, on "
        f"{negative['target'].n_unique():,} members. With the group `{settings.group}`, {job.reports.height:,} reports "
        f"on {len(per):,} members remain; half of these have {per.median():.0f} report, the most has {per.max():,}. "
        f"Each seed gives {job.decisions.height} verdicts as decisions and holds out {job.held_out.height}. On "
        f"{earlier} of the {judged.height} judged members the first report is older than the group's first rating."
    )


def command_section(frame: pl.DataFrame, settings: Settings, folder: Path, seed: int = 0) -> str:
    """Write the files, run the real command on them, and say what it said."""
    job = ratings.job(frame, settings, seed)
    job.write(folder)
    shown, called = (command(place, seed) for place in ("OUT", str(folder)))
    subprocess.run([sys.executable, "-m", "ostrakon", *called], check=True, capture_output=True)
    texts = {"account": pl.String, "decided": pl.String}
    queue = pl.read_csv(folder / "triage" / "queue.csv", schema_overrides=texts)
    rows = job.held_out.join(queue, on="account", how="left", maintain_order="left")
    said, true = rows["probability"].to_numpy(), rows["violates"].to_numpy()
    library = attempt(OSTRAKON, ostrakon, job).rows["probability"].to_numpy()
    same = "the same numbers as" if np.abs(said - library).max() < 1e-5 else "**other numbers than**"
    return "\n\n".join(
        [
            "```\nostrakon " + " ".join(shown).replace(" --", " \\\n    --") + "\n```",
            own_report(folder / "triage", queue),
            f"The queue holds {same} the library. Its held-out members (seed {seed}: AP "
            f"{scoring.average_precision(said, true):.3f}, wrong {scoring.wrong_at_recall(said, true):.3f}), in its "
            "own order:",
            blocks(rows.sort("rank")),
        ]
    )


def blocks(rows: pl.DataFrame, size: int = 20, shown: int = 6) -> str:
    """What a moderator finds who works down the queue, some members at a time."""
    lines = []
    for begin in range(0, rows.height, size):
        part = rows[begin : begin + size] if begin < size * shown else rows[begin:]
        ends = f"{begin + 1} to {begin + part.height}"
        figures = [
            part["probability"].mean(),
            part["probability_low"].mean(),
            part["probability_high"].mean(),
        ]
        line = [ends, f"{part['reports'].mean():.1f}", f"{part['independent_reports'].mean():.1f}"]
        line += ["{:.2f} ({:.2f}-{:.2f})".format(*figures), f"{part['violates'].sum()} of {part.height}"]
        lines.append(line)
        if begin >= size * shown:
            break
    return table(["in the queue", "reports", "independent", "mean probability (interval)", "violate"], lines)


def command(folder: str, seed: int) -> list[str]:
    """The arguments of ``ostrakon`` for the files in a folder."""
    options = [f"--{name} {folder}/{name}.csv" for name in ("decisions", "accounts", "reporters")]
    words = [
        f"triage {folder}/reports.csv",
        *options,
        f"--out {folder}/triage",
        "--replace",
        f"--seed {seed}",
    ]
    return [part for word in words for part in word.split(" ", 1)]


def own_report(folder: Path, queue: pl.DataFrame) -> str:
    """What the tool itself said, without anybody's id."""
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    counts, model = summary["counts"], summary["model"]
    prior, slope = model["reporter_prior"], model["calibration"]["slope"]
    campaigns = pl.read_csv(folder / "campaigns.csv", infer_schema_length=None)
    loudest = queue.sort("reporters", descending=True).row(0, named=True)
    seconds = sum(step["seconds"] for step in summary["steps"])
    memory = max(step["peak_memory_mb"] for step in summary["steps"])
    lines = [
        f"{counts['reports']:,} reports by {counts['reporters']:,} reporters on {counts['accounts']:,} accounts "
        f"count as {counts['independent_reports']:,.0f} independent voices; the most reported account has "
        f"{loudest['reporters']} reporters, who count as {loudest['independent_reports']:.1f}.",
        f"{counts['decided_cases']} decided cases, {summary['repeats']} repeats, "
        f"{counts['rejected_rows']} rows rejected.",
        f"The search for campaigns found {groups_in_words(campaigns)}.",
        f"Base rate {model['base_rate']:.2f}; a reporter without a record is taken to be right in "
        f"{prior['mean']:.2f} (worth {prior['strength']:.1f} decisions); calibration slope {slope:.2f}.",
        *summary["notes"],
        f"It took {seconds:.1f} s and {memory:,.0f} MB.",
    ]
    return "\n".join(f"- {line}" for line in lines)


def groups_in_words(campaigns: pl.DataFrame) -> str:
    """How many groups, how large, and what became of their targets."""
    if campaigns.height == 0:
        return "no group"
    told = [
        f"{row['members']} members, {row['reports']} reports, {row['targets']} common targets, "
        + (
            "none decided"
            if row["upheld_share"] is None
            else f"{row['upheld_share']:.0%} of the decided upheld"
        )
        for row in campaigns.head(5).iter_rows(named=True)
    ]
    more = f"; and {campaigns.height - 5} more" if campaigns.height > 5 else ""
    return f"{campaigns.height} group{'s' * (campaigns.height > 1)}: {'; '.join(told)}{more}"


def control_section(outcome: Outcome, names: Sequence[str]) -> str:
    """Shuffled verdicts beside a random order of the same rows."""
    rng = np.random.default_rng(0)
    chance = []
    for trial in outcome.of(OSTRAKON):
        true = trial.rows["violates"].to_numpy()
        chance += [scoring.average_precision(rng.random(len(true)), true) for _ in range(200)]
    base = np.mean([trial.rows["violates"].mean() for trial in outcome.of(OSTRAKON)])
    lines = [["share of violators", f"{base:.3f}"], ["a random order", spread(np.array(chance))]]
    lines += [[name, spread(outcome.values(name, "ap"))] for name in names]
    return table(["verdicts dealt out anew at random", "AP"], lines)


def variants(settings: Settings) -> dict[str, dict[str, Settings]]:
    """Everything that is varied, one thing at a time."""
    return {
        "Share of the verdicts that is given": {
            f"{share:.0%}": replace(settings, share=share) for share in (0.1, 0.2, 0.3, 0.4)
        },
        "Who is trusted": {name: replace(settings, group=name) for name in GROUPS},
        "Exposure and ages": {
            "one view for each outside rating": settings,
            "a hundred views for each": replace(settings, exposure="hundredfold"),
            "not told": replace(settings, exposure="none"),
            "told, but no ages": replace(settings, ages=False),
            "neither told": replace(settings, exposure="none", ages=False),
        },
        "Which verdicts are given": {
            "mostly by report count": settings,
            "strictly by report count, and an audit": replace(settings, selection="strict queue"),
            "all at random": replace(settings, selection="random"),
        },
        "What counts as a verdict": {
            "mean of one or more trusted ratings": settings,
            "all trusted ratings agree": replace(settings, truth="unanimous"),
            "two or more trusted raters": replace(settings, truth="two"),
        },
    }


def main() -> None:
    """Parse, run, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help=f"folder with {ratings.FILE}")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--group", default="early-50", help="early-N, pagerank-N or founder-N (least rating)")
    parser.add_argument("--folder", type=Path, help="where the contract files and the command's results go")
    parser.add_argument("--no-variants", action="store_true", help="the main tables alone")
    parser.add_argument("--no-write", action="store_true", help="leave docs/validation.md as it is")
    arguments = parser.parse_args()
    frame = ratings.read(arguments.data)
    settings = Settings(group=arguments.group)
    seeds, names = range(arguments.seeds), list(SCORERS)
    sections = {"real: groups": shape(frame, settings) + "\n\n" + groups_table(frame, settings.truth)}
    with tempfile.TemporaryDirectory(prefix="real-") as scratch:
        folder = arguments.folder or Path(scratch)
        sections["real: command"] = command_section(frame, settings, folder)
    known: dict[Settings, Outcome] = {}

    def outcome(wanted: Settings) -> Outcome:
        if wanted not in known:
            known[wanted] = run_all(frame, wanted, seeds, names)
        return known[wanted]

    found = outcome(settings)
    facts = circumstances(["ostrakon", "scikit-learn", "polars", "numpy"], seeds=len(seeds), load=load())
    sections["real: results"] = "\n\n".join(
        [facts, main_table(found, names), in_words(found, [BOOSTING, LOGISTIC])]
    )
    sections["real: paired"] = paired_table(found, [name for name in names if name != OSTRAKON])
    sections["real: calibration"] = reliability(found)
    sections["real: control"] = control_section(outcome(replace(settings, shuffled=True)), names)
    if not arguments.no_variants:
        sections["real: variants"] = "\n\n".join(
            f"**{title}**\n\n{variants_table({name: outcome(wanted) for name, wanted in them.items()})}"
            for title, them in variants(settings).items()
        )
    for name, text in sections.items():
        print(f"\n{text}")
        if not arguments.no_write:
            write_section(name, text, DOC)


if __name__ == "__main__":
    main()
