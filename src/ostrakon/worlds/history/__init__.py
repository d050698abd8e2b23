"""A year in which suspensions, returns, surges and one wrongful wave happened: what an observer sees, and the truth.

Invented after Berger and Perez, The Islamic State's Diminishing Returns on Twitter (GWU, 2016): about 3,000 active
accounts, 343 followers on average, under 2 % suspended on an average day. Nothing about a field follows from it.
"""

from ostrakon.worlds.history.build import History, year
from ostrakon.worlds.history.settings import GROUPS, SOURCES, Settings, Source
from ostrakon.worlds.history.truth import Truth

__all__ = ["GROUPS", "SOURCES", "History", "Settings", "Source", "Truth", "year"]
