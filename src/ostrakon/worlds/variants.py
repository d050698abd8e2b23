"""The benchmark world with rings that evade, rings that drip, small rings, and a platform that knows no views."""

from __future__ import annotations

from typing import Literal, get_args

from ostrakon.worlds.benchmark import BenchmarkSettings, build
from ostrakon.worlds.waves import Waves
from ostrakon.worlds.world import World

Variant = Literal["evading", "slow", "small-rings", "no-exposure"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)

WAVES: dict[Variant, Waves] = {
    # A third of the members, over a day: no three-hour window holds much of a ring.
    "evading": Waves(taking_part=1 / 3, member_days=1.0, throwaway_days=0.4),
    # No bursts at all: a wave takes weeks, only the choice of victims gives the ring away.
    "slow": Waves(taking_part=0.6, member_days=10.0, throwaway_days=4.0),
    # Too few members for any pair or burst to be striking.
    "small-rings": Waves(rings=50, members=12, victim_share=0.05, throwaway_share=0.2),
    "no-exposure": Waves(),
}


def variant(seed: int, name: Variant, *, ring_share: float = 0.45, targets: int = 12_000) -> World:
    """The benchmark world in a named variant."""
    settings = BenchmarkSettings(
        ring_share=ring_share, targets=targets, waves=WAVES[name], exposure=name != "no-exposure"
    )
    return build(seed, settings, f"benchmark {name} {ring_share:.2f}")
