"""Names as three platforms write them, in two directions of writing, and names made to do harm."""

from __future__ import annotations

import random
from datetime import UTC, datetime

START = datetime(2026, 9, 14, 6, 0, tzinfo=UTC)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "user\u202egnp.exe",
    "bank\u200b.example",
    "bank.example",
    "=HYPERLINK(1)",
    "+44 20 7946 0000",
    "-1+cmd|' /C calc'!A0",
    "@SUM(1)|x",
    "https://evil.example/?q=<b>",
    "&amp;lt;",
    " leading and  double ",
    "Z\u0351\u0351\u0351\u0351\u0351\u0351\u0351algo",
    "e\u0301mile",
    "\u2066isolated\u2069",
    "x" * 400,
    "null\0byte",
    "\u3164",
)
ARABIC = ("@سارة:matrix.example", "@أحمد_العلي:matrix.example", "نورا@social.example", "משה:example")


def names(prefix: str, count: int, rng: random.Random) -> list[str]:
    """Ids as three platforms write them."""
    shapes = ("@{p}{n}:example.org", "{p}.{n}@social.example", "did:plc:{h}")
    return [
        rng.choice(shapes).format(p=prefix, n=rng.randrange(9999), h=f"{rng.getrandbits(96):024x}")
        for _ in range(count)
    ]
