"""Files of an earlier time, a few rows each."""

from __future__ import annotations

from pathlib import Path

from tests.casework.case import NOW

from ostrakon.impact.history.files import add_history
from ostrakon.impact.models import HistoryFile

SPELLS = """account,start_at,end_at,event,entry_at,group
0a,2026-01-01,2026-02-01,suspended,2026-01-05,target
b,2026-01-01,,,2026-01-05,
press,2026-01-01,2026-03-01,reinstated,2026-01-05,press
press,2026-01-01,,,2026-03-11,press
c,2026-01-01,,,2026-01-05,control
"""
FLAGGED = """account,from_at,to_at,group
0a,2026-01-05,2026-02-01,target
b,2026-01-05,,target
press,2026-01-05,2026-03-01,press
press,2026-03-11,,press
"""
FOLLOWS = """follower,followee
u1,0a
u2,0a
u2,b
u3,press
u3,nobody
"""
SUSPENSIONS = """account,suspended_at,group,reinstated_at
0a,2026-02-01,target,
press,2026-03-01,press,2026-03-11
"""
FILES = {"spells": SPELLS, "flagged": FLAGGED, "follows": FOLLOWS, "suspensions": SUSPENSIONS}


def a_file(folder: Path, kind: str, text: str | None = None) -> Path:
    """Written as it stands here."""
    path = folder / f"{kind}.csv"
    path.write_text(FILES[kind] if text is None else text)
    return path


def added(folder: Path, kind: str, text: str | None = None, *, platform: str = "") -> HistoryFile:
    """Kept."""
    return add_history(kind, a_file(folder, kind, text), platform=platform, actor="system", now=NOW)
