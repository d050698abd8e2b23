"""What was reported, as it was kept: posts as JSON, and here and there a picture."""

from __future__ import annotations

import json
import struct
import zlib
from datetime import datetime, timedelta
from functools import cache

from ostrakon.intake.incoming import Snapshot
from ostrakon.service.demonstration import texts
from ostrakon.service.demonstration.chance import pick, share
from ostrakon.service.demonstration.week import PLATFORM, Week

WITH_PICTURE = 0.15
"""Share of the accounts of which a picture was reported too."""
WIDTH, HEIGHT, TILE = 240, 160, 20


def evidence_of(week: Week, account: str, policy: str, report: str) -> Snapshot:
    """What a report shows: mostly the post, of some accounts now and then the picture in it."""
    if share("picture", account) < WITH_PICTURE and share("pictured", report) < 0.5:
        return Snapshot(picture(account), "image/png", f"{_address(account)}/1/picture")
    return Snapshot(_post(week, account, policy), "application/json", f"{_address(account)}/1")


@cache
def picture(name: str) -> bytes:
    """A PNG of coloured tiles that goes with a name."""
    rows = [b"".join(_colour(name, x, y) * TILE for x in range(WIDTH // TILE)) for y in range(HEIGHT // TILE)]
    lines = b"".join((b"\0" + row) * TILE for row in rows)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _colour(*place: object) -> bytes:
    return bytes(int(256 * share("colour", part, *place)) for part in "rgb")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _post(week: Week, account: str, policy: str) -> bytes:
    language = week.languages[account]
    post = {
        "author": {
            "handle": account.removeprefix("@"),
            "display_name": pick(texts.NAMES[language], "name", account),
            "bio": pick(texts.BIOS[language], "bio", account),
        },
        "text": _words(week, account, language, policy),
        "created_at": _written_at(week, account).isoformat(),
        "url": f"{_address(account)}/1",
        "language": language,
    }
    return json.dumps(post, ensure_ascii=False).encode()


def _words(week: Week, account: str, language: str, policy: str) -> str:
    if (account, policy) in week.violations:
        return pick(texts.BREAKING[policy][language], "words", account)
    kind = week.kinds[account]
    return pick((texts.AGAINST if kind == "counter_speaker" else texts.EVERYDAY)[language], "words", account)


def _written_at(week: Week, account: str) -> datetime:
    return week.begins_at - timedelta(minutes=int(1 + 2_000 * share("written", account)))


def _address(account: str) -> str:
    return f"https://{PLATFORM}/{account}/posts"
