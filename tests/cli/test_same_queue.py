"""What must not change the queue: the format, the order of the rows, the names of columns, another run."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import random
import threading
from pathlib import Path

import polars as pl
import pytest
import zstandard
from tests.cli.case import FILES, Folder, command, process, save, weighed
from tests.cli.conftest import of

from ostrakon.worlds.demo import demo as demo_world

NAMES = ["report_id", "reporter", "account", "reported_at", "policy", "source"]


def small_world() -> list[list[str]]:
    """180 reports by 30 people on 12 accounts; four of them report together, every day."""
    chance = random.Random(7)
    rows = []
    for n in range(150):
        who, whom = f"r{chance.randrange(26)}", f"@acc{min(chance.randrange(12), chance.randrange(12)):02}"
        at = f"2025-01-{1 + n // 20:02}T{chance.randrange(24):02}:{chance.randrange(60):02}:{n % 60:02}Z"
        rows.append([who, whom, at, chance.choice(["spam", "harassment"]), chance.choice(["app", "web"])])
    for n in range(30):
        at = f"2025-01-{9 + n // 6:02}T12:0{n % 6}:00Z"
        rows.append([f"ring{n % 6}", f"@acc{n // 6:02}", at, "spam", ""])
    return [[f"id{n}", *row] for n, row in enumerate(rows)]


ROWS = small_world()
DECISIONS = "account,policy,outcome,decided_at\n" + "".join(
    f"@acc{n:02},spam,{outcome},2025-02-{n + 1:02}T00:00:00Z\n"
    for n, outcome in enumerate(["upheld", "rejected", "upheld", "overturned", "rejected"])
)


def delimited(rows: list[list[str]], delimiter: str = ",", names: list[str] = NAMES) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows([names, *rows])
    return text.getvalue().encode()


def ndjson() -> bytes:
    lines = (json.dumps(dict(zip(NAMES, row, strict=True)), ensure_ascii=False) for row in ROWS)
    return "".join(f"{line}\n" for line in lines).encode()


def parquet(**columns: pl.Expr) -> bytes:
    file = io.BytesIO()
    frame = pl.DataFrame(ROWS, schema=dict.fromkeys(NAMES, pl.String), orient="row")
    frame.with_columns(**columns).write_parquet(file)
    return file.getvalue()


AT = pl.col("reported_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The run that all others are compared with."""
    return weighed(tmp_path_factory.mktemp("plain"), delimited(ROWS), decisions=DECISIONS)


def same(one: Folder, other: Folder) -> bool:
    names = [name for name in FILES if name.endswith((".csv", ".parquet"))]
    return all((one.path / name).read_bytes() == (other.path / name).read_bytes() for name in names)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("reports.tsv", delimited(ROWS, "\t")),
        ("reports.ndjson", ndjson()),
        ("reports.parquet", parquet()),
        ("times.parquet", parquet(reported_at=AT)),
        ("epochs.parquet", parquet(reported_at=AT.dt.epoch("s"))),
        ("reports.csv.gz", gzip.compress(delimited(ROWS))),
        ("reports.csv.zst", zstandard.compress(delimited(ROWS))),
        ("reports.tsv.gz", gzip.compress(delimited(ROWS, "\t"))),
        ("reports.ndjson.zst", zstandard.compress(ndjson())),
        ("a name that promises nothing", gzip.compress(ndjson())),
    ],
)
def test_every_format_gives_the_same_tables(plain: Folder, tmp_path: Path, name: str, content: bytes) -> None:
    assert same(plain, weighed(tmp_path, content, name=name, decisions=DECISIONS))


def test_the_other_tables_may_have_any_format_too(plain: Folder, tmp_path: Path) -> None:
    decisions = save(tmp_path / "d", zstandard.compress(DECISIONS.replace(",", "\t").encode()))
    assert same(plain, weighed(tmp_path, delimited(ROWS), "--decisions", str(decisions)))


def test_the_order_of_the_rows_does_not_matter(plain: Folder, tmp_path: Path) -> None:
    rows = ROWS.copy()
    random.Random(3).shuffle(rows)
    header, *lines = DECISIONS.splitlines(keepends=True)
    decisions = header + "".join(reversed(lines))
    other = weighed(tmp_path, delimited(rows), decisions=decisions)
    for name in ("queue.csv", "reporters.csv", "campaigns.csv", "campaign_targets.csv"):
        assert other.text(name) == plain.text(name)
    members = [sorted(folder.text("campaign_members.csv").splitlines()) for folder in (plain, other)]
    assert members[0] == members[1]


def test_own_column_names_are_mapped(plain: Folder, tmp_path: Path) -> None:
    names = ["nr", "rater", " ratee", "when?", "rule", "via"]
    columns = "report_id=nr,reporter=rater, account= ratee,reported_at=when?,policy=rule,source=via"
    own = weighed(
        tmp_path, delimited(ROWS, names=names), "--columns", columns, name="own.csv", decisions=DECISIONS
    )
    assert same(plain, own)
    assert own.summary["parameters"]["columns"] == columns


def test_two_columns_may_be_swapped(plain: Folder, tmp_path: Path) -> None:
    names = ["report_id", "account", "reporter", *NAMES[3:]]
    swapped = ("--columns", "account=reporter,reporter=account")
    assert same(plain, weighed(tmp_path, delimited(ROWS, names=names), *swapped, decisions=DECISIONS))


def test_reports_may_come_through_a_pipe(plain: Folder, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=[delimited(ROWS)])
    writer.start()
    decisions = save(tmp_path / "decisions.csv", DECISIONS)
    told = command("triage", tmp_path / "pipe", "--decisions", decisions, "--out", tmp_path / "out")
    writer.join()
    assert (told.status, told.err) == (0, "")
    assert same(plain, Folder(tmp_path / "out", told))


def test_the_same_seed_gives_the_same_bytes_and_another_one_other_numbers(
    plain: Folder, tmp_path: Path
) -> None:
    assert same(plain, weighed(tmp_path, delimited(ROWS), "--seed", "0", decisions=DECISIONS))
    other = weighed(tmp_path, delimited(ROWS), "--seed", "1", "--replace", decisions=DECISIONS)
    assert other.summary["seed"] == 1
    assert not same(plain, other)


def test_the_page_is_the_same_for_the_same_files(tmp_path: Path) -> None:
    first = weighed(tmp_path, delimited(ROWS)).text("report.html")
    assert weighed(tmp_path, delimited(ROWS), "--replace").text("report.html") == first


def test_another_process_writes_the_same_bytes(demo: Folder, world: Path, tmp_path: Path) -> None:
    told = process(*of(world), "--out", tmp_path / "out")
    assert (told.returncode, told.stderr) == (0, "")
    assert same(demo, Folder(tmp_path / "out", demo.told))
    assert (tmp_path / "out" / "report.html").read_bytes() == (demo.path / "report.html").read_bytes()


# Campaigns


def test_the_small_world_has_a_campaign(plain: Folder) -> None:
    assert [row["members"] for row in plain.table("campaigns.csv")] == ["6"]


def test_the_demonstration_shows_its_ring_its_throw_aways_and_its_list(demo: Folder) -> None:
    group = dict(demo_world().reporter_truth.iter_rows())
    found = {row["campaign"]: (row["kind"], int(row["members"])) for row in demo.table("campaigns.csv")}
    made_of: dict[str, set[str]] = {}
    for row in demo.table("campaign_members.csv"):
        made_of.setdefault(row["campaign"], set()).add(group[row["reporter"]])
    told = sorted((*sorted(made_of[name]), kind, members) for name, (kind, members) in found.items())
    kinds = {(group, kind) for group, kind, _ in told}  # each campaign is of one group alone
    assert kinds == {("ring-1", "coordinated"), ("throwaway", "coordinated"), ("volunteer", "declared list")}
    assert all(members >= 100 for group, _, members in told if group != "volunteer")


def test_without_campaigns_their_files_hold_headers_only(plain: Folder, tmp_path: Path) -> None:
    alone = weighed(tmp_path, delimited(ROWS), "--no-campaigns", decisions=DECISIONS)
    for name in ("campaigns.csv", "campaign_members.csv", "campaign_targets.csv"):
        assert alone.text(name) == plain.text(name).splitlines()[0] + "\n"
    assert alone.queue["campaigns"].null_count() == alone.queue.height
    assert alone.reporters["campaigns"].null_count() == alone.reporters.height
    assert alone.summary["counts"]["campaigns"] is None
    assert alone.summary["parameters"]["campaigns"] == "not looked for"
    assert "Campaigns were not looked for" in alone.text("report.html")
