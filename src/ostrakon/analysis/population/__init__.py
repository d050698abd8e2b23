"""How many there are: capture-recapture and multiple systems estimation on lists of accounts, with gates.

From the bottom: ``histories`` (the table of who is on which lists), ``fitting`` (Poisson log-linear models, compiled),
``models``, ``few_lists``, ``existence``, ``profiles``, ``stepwise`` and ``resampling`` (the estimators); ``listing``,
``copies``, ``closure``, ``audit`` and ``linked`` (what can be wrong with lists); ``support`` and ``closed`` (all of it
together, for lists of one time); ``jolly_seber`` and ``opened`` (accounts that come and go); ``measure``. Nothing in
here knows the rest of Ostrakon but the shapes of its tables.
"""

from ostrakon.analysis.population.closed import population_of_histories, population_of_lists
from ostrakon.analysis.population.few_lists import chao_lower_bound, chapman, schnabel, schnabel_of
from ostrakon.analysis.population.histories import Histories, histories
from ostrakon.analysis.population.jolly_seber import jolly_seber
from ostrakon.analysis.population.measure import population
from ostrakon.analysis.population.models import count_models, standard_models
from ostrakon.analysis.population.profiles import profile
from ostrakon.analysis.population.stepwise import stepwise

__all__ = [
    "Histories",
    "chao_lower_bound",
    "chapman",
    "count_models",
    "histories",
    "jolly_seber",
    "population",
    "population_of_histories",
    "population_of_lists",
    "profile",
    "schnabel",
    "schnabel_of",
    "standard_models",
    "stepwise",
]
