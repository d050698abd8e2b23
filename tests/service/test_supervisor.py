"""The parent keeps its children alive, and they do not outlive it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ostrakon.service import supervisor
from ostrakon.service.supervisor import Child

HEAD = "import os, signal, sys, threading, time\n"
NOTES = HEAD + "open(sys.argv[1], 'a').write(f'{os.getpid()}\\n')\n"
SLEEPS = NOTES + "time.sleep(60)\n"
DIES = NOTES
DEAF = (
    NOTES
    + "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nopen(sys.argv[1], 'a').write('deaf\\n')\ntime.sleep(60)\n"
)
LOYAL = (
    HEAD + "from ostrakon.service.parent import end_with_the_parent\n"
    "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
    "end_with_the_parent(int(sys.argv[2]))\n"
    "open(sys.argv[1], 'a').write(f'{os.getpid()}\\n')\n"
    "time.sleep(60)\n"
)
PARENT = (
    "import sys\nfrom ostrakon.service.supervisor import Child, keep_alive\n"
    "keep_alive([Child('c', [sys.executable, '-c', sys.argv[2], sys.argv[1]])])\n"
)


def child(notes: Path, script: str) -> Child:
    return Child("c", [sys.executable, "-c", script, str(notes)])


def lines(notes: Path) -> list[str]:
    return notes.read_text().split() if notes.exists() else []


def until(condition: Callable[[], bool], within_s: float = 15) -> None:
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Zombies are dead: who would bury them may be a container's first process, which does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@pytest.fixture
def pipe() -> Iterator[int]:
    """The reading end of a pipe, which a child gets."""
    reading, writing = os.pipe()
    yield reading
    os.close(reading)
    os.close(writing)


def test_a_child_that_dies_is_started_again(tmp_path: Path, pipe: int) -> None:
    notes, now = tmp_path / "notes", 0.0
    dying = child(notes, DIES)
    for count in (1, 2, 3):
        dying.look_after(pipe, now)
        assert dying.process is not None
        dying.process.wait()
        dying.look_after(pipe, now)
        now = dying.start_after
        assert len(lines(notes)) == count


def test_a_parent_outlives_that_a_child_cannot_be_started(tmp_path: Path, pipe: int) -> None:
    """No memory, no more processes: in a moment there may be again."""
    stillborn = Child("c", [str(tmp_path / "nothing-here")])
    stillborn.look_after(pipe, 1.0)
    assert stillborn.process is None
    assert stillborn.start_after > 1.0
    stillborn.command = [sys.executable, "-c", DIES, str(tmp_path / "notes")]
    stillborn.look_after(pipe, stillborn.start_after)
    assert stillborn.process is not None
    stillborn.process.wait()


def test_pauses_grow_up_to_a_limit_and_never_end() -> None:
    dying, pauses = Child("c", []), []
    for _ in range(30):
        dying._note_death(now=1.0)
        pauses.append(dying.start_after - 1.0)
    assert pauses[:4] == [0.5, 1, 2, 4]
    assert set(pauses[6:]) == {supervisor.LONGEST_PAUSE_S}


def test_after_a_quiet_minute_the_pauses_begin_anew() -> None:
    dying = Child("c", [])
    for _ in range(9):
        dying._note_death(now=1.0)
    dying._note_death(now=1.0 + supervisor.QUIET_S)
    assert dying.start_after == 1.0 + supervisor.QUIET_S + supervisor.FIRST_PAUSE_S


def test_a_child_that_is_deaf_is_killed_in_time(
    tmp_path: Path, pipe: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "GRACE_S", 0.3)
    deaf = child(tmp_path / "notes", DEAF)
    deaf.look_after(pipe, 0.0)
    until(lambda: "deaf" in lines(tmp_path / "notes"))
    assert deaf.process is not None
    supervisor._stop([deaf.process])
    assert deaf.process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_parent_that_is_asked_to_stop_takes_its_children_with_it(
    tmp_path: Path, how: signal.Signals
) -> None:
    notes = tmp_path / "notes"
    with subprocess.Popen([sys.executable, "-c", PARENT, notes, SLEEPS]) as parent:
        until(lambda: len(lines(notes)) == 1)
        parent.send_signal(how)
        assert parent.wait(10) == 0
    assert not is_alive(int(lines(notes)[0]))


def test_children_do_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    with subprocess.Popen([sys.executable, "-c", PARENT, notes, LOYAL]) as parent:
        until(lambda: len(lines(notes)) == 1)
        parent.kill()
    until(lambda: not is_alive(int(lines(notes)[0])))


def test_a_running_parent_starts_again_what_was_killed(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    with subprocess.Popen([sys.executable, "-c", PARENT, notes, LOYAL]) as parent:
        until(lambda: len(lines(notes)) == 1)
        os.kill(int(lines(notes)[0]), signal.SIGKILL)
        until(lambda: len(lines(notes)) == 2)
        parent.terminate()
        assert parent.wait(10) == 0
    assert not any(is_alive(int(pid)) for pid in lines(notes))
