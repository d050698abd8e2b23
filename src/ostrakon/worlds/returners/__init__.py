"""Worlds for finding returners: people who come back after a suspension, and others who look so.

The base is the one of the research note on returners, section 4, so that measured figures can be compared with it. It
is invented: methods can be compared on it, and nothing about a field follows from it.
"""

from ostrakon.worlds.returners.build import ReturnerWorld, returners
from ostrakon.worlds.returners.settings import FAMILIES, KINDS, WAYS, Settings

__all__ = ["FAMILIES", "KINDS", "WAYS", "ReturnerWorld", "Settings", "returners"]
