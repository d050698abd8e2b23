"""The output folder: complete or not at all, whatever happens in between."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from ostrakon.analysis.tables import ACCOUNTS
from ostrakon.errors import OutputRefused, UnreadableFile
from ostrakon.formats import output_folder, write

RUN = """
import signal, sys, time
from pathlib import Path
from ostrakon.formats import output_folder

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests may run under nohup, which is inherited
with output_folder(Path(sys.argv[1]), True) as folder:
    (folder / "queue.csv").write_text("half")
    print("writing", flush=True)
    time.sleep(60)
"""


def fill(out: Path, content: str = "new", **options: bool) -> None:
    """One ordinary run."""
    with output_folder(out, **{"replace": False, **options}) as folder:
        (folder / "queue.csv").write_text(content)


def content(out: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in out.iterdir()}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def started_run(out: Path) -> subprocess.Popen[str]:
    """Another process in the middle of writing ``out``."""
    process = subprocess.Popen([sys.executable, "-c", RUN, out], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    return process


def ended(process: subprocess.Popen[str], number: signal.Signals) -> int:
    process.send_signal(number)
    process.communicate(timeout=30)
    return process.returncode


# It appears as a whole


def test_the_folder_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    with output_folder(tmp_path / "out", replace=False) as folder:
        (folder / "queue.csv").write_text("new")
        assert not (tmp_path / "out").exists()
        assert folder.parent == tmp_path
    assert content(tmp_path / "out") == {"queue.csv": "new"}
    assert names(tmp_path) == ["out"]


def test_missing_parents_are_created(tmp_path: Path) -> None:
    fill(tmp_path / "a" / "b" / "out")
    assert content(tmp_path / "a" / "b" / "out") == {"queue.csv": "new"}


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    fill(tmp_path / "out")
    assert content(tmp_path / "out") == {"queue.csv": "new"}


def test_a_link_to_a_folder_stands_for_that_folder(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "disk" / "out")
    fill(tmp_path / "out")
    assert (tmp_path / "out").is_symlink()
    assert content(tmp_path / "disk" / "out") == {"queue.csv": "new"}
    assert names(tmp_path / "disk") == ["out"]


def test_a_relative_name_is_beside_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    fill(Path("out"))
    assert content(tmp_path / "out") == {"queue.csv": "new"}


def test_folders_within_it_are_kept(tmp_path: Path) -> None:
    with output_folder(tmp_path / "out", replace=False) as folder:
        (folder / "pages").mkdir()
        (folder / "pages" / "one.html").write_text("1")
    assert (tmp_path / "out" / "pages" / "one.html").read_text() == "1"


# What is there already


def test_a_folder_that_is_not_empty_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    fill(tmp_path / "out", "old")
    with pytest.raises(OutputRefused, match=r"out exists and is not empty: .*--replace"):
        fill(tmp_path / "out")
    assert content(tmp_path / "out") == {"queue.csv": "old"}


def test_a_folder_that_was_filled_meanwhile_is_refused_at_the_end(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputRefused, match="exists and is not empty"),
        output_folder(tmp_path / "out", False),
    ):
        fill(tmp_path / "out", "other")
    assert content(tmp_path / "out") == {"queue.csv": "other"}
    assert names(tmp_path) == ["out"]


def test_with_replace_the_old_folder_goes_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "stale.csv").write_text("old")
    with output_folder(tmp_path / "out", replace=True) as folder:
        (folder / "queue.csv").write_text("new")
        assert content(tmp_path / "out") == {"stale.csv": "old"}
    assert content(tmp_path / "out") == {"queue.csv": "new"}
    assert names(tmp_path) == ["out"]


def test_a_folder_closed_to_others_stays_closed(tmp_path: Path) -> None:
    fill(tmp_path / "out", "old")
    (tmp_path / "out").chmod(0o700)
    fill(tmp_path / "out", replace=True)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700


def test_the_old_folder_comes_back_when_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "out", "old")
    rename = Path.rename

    def fails_for_the_new_one(path: Path, target: Path) -> Path:
        if ".partial-" in path.name:
            raise OSError(5, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fails_for_the_new_one)
    with pytest.raises(OutputRefused, match="Input/output error"):
        fill(tmp_path / "out", replace=True)
    assert content(tmp_path / "out") == {"queue.csv": "old"}
    assert names(tmp_path) == ["out"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("precious")
    with pytest.raises(OutputRefused, match="out is a file"):
        fill(tmp_path / "out", replace=True)
    assert (tmp_path / "out").read_text() == "precious"


def test_a_place_where_a_disk_is_mounted_is_refused() -> None:
    with pytest.raises(OutputRefused, match="/ is where a disk is mounted"):
        fill(Path("/"), replace=True)


def test_a_file_cannot_be_a_parent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("precious")
    with pytest.raises(OutputRefused, match="cannot be written"):
        fill(tmp_path / "file" / "out")


@pytest.mark.parametrize("below", ["", "out"])
def test_links_that_lead_in_a_circle_are_refused(tmp_path: Path, below: str) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(OutputRefused, match=r"leads back to itself|cannot be written"):
        fill(tmp_path / "a" / below)


@pytest.mark.parametrize("replace", [False, True])
def test_the_current_folder_and_what_holds_it_are_never_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replace: bool
) -> None:
    (tmp_path / "project" / "work").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project" / "work")
    for out in (Path(), Path("..")) if replace else (Path(),):
        with pytest.raises(OutputRefused, match="is or holds the current folder"):
            fill(out, replace=replace)


def test_the_home_folder_is_never_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "alice").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "alice"))
    with pytest.raises(OutputRefused, match="is or holds your home folder"):
        fill(tmp_path / "alice", replace=True)


def test_a_folder_that_holds_an_input_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "reports.csv").write_text("precious")
    inputs = [tmp_path / "other.csv", tmp_path / "data" / "reports.csv"]
    with (
        pytest.raises(OutputRefused, match=r"holds the input .*reports\.csv, which would be lost"),
        output_folder(tmp_path / "data", replace=True, inputs=inputs),
    ):
        pass
    assert content(tmp_path / "data") == {"reports.csv": "precious"}


# When the run fails


@pytest.mark.parametrize("error", [UnreadableFile, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("replace", [False, True])
def test_a_run_that_fails_leaves_what_was_there(
    tmp_path: Path, error: type[BaseException], replace: bool
) -> None:
    def fails() -> None:
        with output_folder(tmp_path / "out", replace) as folder:
            (folder / "queue.csv").write_text("half")
            raise error

    if replace:
        fill(tmp_path / "out", "old")
    with pytest.raises(error):
        fails()
    assert names(tmp_path) == (["out"] if replace else [])
    assert not replace or content(tmp_path / "out") == {"queue.csv": "old"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_told_to_end_clears_up(tmp_path: Path, number: signal.Signals) -> None:
    assert ended(started_run(tmp_path / "out"), number) == 128 + number
    assert names(tmp_path) == []


def test_a_killed_run_leaves_only_a_hidden_folder_which_the_next_run_clears(tmp_path: Path) -> None:
    fill(tmp_path / "out", "old")
    ended(started_run(tmp_path / "out"), signal.SIGKILL)
    assert content(tmp_path / "out") == {"queue.csv": "old"}
    hidden, _ = names(tmp_path)
    assert hidden.startswith(".out.partial-")
    fill(tmp_path / "out", replace=True)
    assert content(tmp_path / "out") == {"queue.csv": "new"}
    assert names(tmp_path) == ["out"]


def test_what_a_living_run_is_writing_is_left_alone(tmp_path: Path) -> None:
    living = started_run(tmp_path / "out")
    try:
        fill(tmp_path / "out")
        assert len(names(tmp_path)) == 2
    finally:
        ended(living, signal.SIGKILL)
    assert content(tmp_path / "out") == {"queue.csv": "new"}


def test_hidden_folders_of_other_outputs_are_left_alone(tmp_path: Path) -> None:
    others = [".out2.partial-1234", "out.partial-1234", ".out.partial", ".my.out.partial-1"]
    for name in others:
        (tmp_path / name).mkdir()
    fill(tmp_path / "out")
    assert names(tmp_path) == sorted([*others, "out"])


def test_a_folder_moved_away_by_a_run_killed_in_the_last_step_comes_back(tmp_path: Path) -> None:
    fill(tmp_path / "out", "old")
    (tmp_path / "out").rename(tmp_path / ".out.replaced-1234")
    with pytest.raises(UnreadableFile), output_folder(tmp_path / "out", replace=True):
        raise UnreadableFile
    assert content(tmp_path / "out") == {"queue.csv": "old"}
    assert names(tmp_path) == ["out"]


def test_a_folder_moved_away_and_replaced_is_cleared(tmp_path: Path) -> None:
    fill(tmp_path / "out", "old")
    (tmp_path / ".out.replaced-1234").mkdir()
    fill(tmp_path / "out", replace=True)
    assert names(tmp_path) == ["out"]


def test_the_handlers_of_signals_are_put_back(tmp_path: Path) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)]
    fill(tmp_path / "out")
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)] == before


# When the disk is full


def writes_text(folder: Path) -> None:
    with (folder / "rejected.csv").open("w") as file:
        file.write("x")


def writes(name: str) -> Callable[[Path], None]:
    table = pl.DataFrame({"account": [f"a{n}" for n in range(50_000)]})
    return lambda folder: write(table, folder / name, ACCOUNTS)


WRITERS = {name: writes(name) for name in ("a.csv", "a.ndjson", "a.csv.gz", "a.csv.zst", "a.parquet")}
WRITERS["rejected.csv"] = writes_text


@pytest.mark.parametrize("name", WRITERS)
def test_a_full_disk_is_one_clear_message_and_nothing_is_kept(tmp_path: Path, name: str) -> None:
    def fails() -> None:
        with output_folder(tmp_path / "out", replace=False) as folder:
            (folder / name).symlink_to("/dev/full")  # the device on which there is never any space
            WRITERS[name](folder)

    with pytest.raises(OutputRefused, match=r"out cannot be written: the disk is full; nothing was kept"):
        fails()
    assert names(tmp_path) == []


WRITES_TOO_MUCH = """
import resource, sys
from pathlib import Path
import polars as pl
from ostrakon.analysis.tables import ACCOUNTS
from ostrakon.errors import OutputRefused
from ostrakon.formats import output_folder, write

resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
table = pl.DataFrame({"account": [f"a{n * n}" for n in range(200_000)]})
for name in ("a.csv", "a.parquet", "a.ndjson.gz"):
    try:
        with output_folder(Path(sys.argv[1]), False) as folder:
            write(table, folder / name, ACCOUNTS)
    except OutputRefused as error:
        print(error)
"""


def test_a_file_larger_than_the_process_may_write_is_like_a_full_disk(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRITES_TOO_MUCH, tmp_path / "out"], check=True, capture_output=True, text=True
    )
    assert done.stdout.count("the disk is full") == 3
    assert names(tmp_path) == []


def test_an_error_of_another_kind_passes_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), output_folder(tmp_path / "out", replace=False) as folder:
        (folder / "missing").read_text()
    assert names(tmp_path) == []


def test_a_parent_that_may_not_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: Path, *args: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", closed)  # root may write everywhere, so the system cannot say no
    with pytest.raises(OutputRefused, match="out cannot be written: Permission denied"):
        fill(tmp_path / "out")


def test_two_runs_that_replace_the_same_folder_leave_one_whole_result(tmp_path: Path) -> None:
    fill(tmp_path / "out", "old")
    script = RUN.replace("time.sleep(60)", "time.sleep(0.2)").replace("half", "whole")
    runs = [
        subprocess.Popen([sys.executable, "-c", script, tmp_path / "out"], stderr=subprocess.PIPE)
        for _ in "12"
    ]
    for run in runs:
        run.communicate(timeout=60)
    assert content(tmp_path / "out") == {"queue.csv": "whole"}
    assert 0 in [run.returncode for run in runs]
    assert names(tmp_path) == ["out"]
