"""Who came back: new accounts linked to suspended ones, as hypotheses for people.

``find_returners`` searches tables; ``Index`` finds the candidates of one new account. A link never acts: it says what
speaks for and against it, how often such links are false, and a person decides.
"""

from ostrakon.analysis.returners.find import find_returners
from ostrakon.analysis.returners.index import Index
from ostrakon.analysis.returners.parameters import Parameters
from ostrakon.analysis.returners.results import Alternative, Explanation, Neighbour, Rate, Returners, Sign

__all__ = [
    "Alternative",
    "Explanation",
    "Index",
    "Neighbour",
    "Parameters",
    "Rate",
    "Returners",
    "Sign",
    "find_returners",
]
