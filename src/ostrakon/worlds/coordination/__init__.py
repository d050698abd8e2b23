"""Worlds for finding coordinated reporting: an honest log in which rings, crowds, lists or nobody act together.

The base is the one of the research note on campaigns, section 8, so that measured figures can be compared with it. Its
honest reports are independent draws and answers to events, which is also what the null models of the tests assume:
the families `communities`, `daily` and `everything` bend that assumption on purpose.
"""

from ostrakon.worlds.coordination.build import coordination
from ostrakon.worlds.coordination.families import FAMILIES, RING_FREE

__all__ = ["FAMILIES", "RING_FREE", "coordination"]
