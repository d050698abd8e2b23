"""Small tables of counts from published studies, keyed in again: pattern of lists (first list first) and count.

Counts are facts; each table names the study that published it.
"""

from __future__ import annotations

import numpy as np

from ostrakon.analysis.population.histories import Histories, histories


def _table(lists: str, patterns: str) -> Histories:
    pairs = (part.split() for part in patterns.split(","))
    return histories(lists.split(), {pattern: float(count) for pattern, count in pairs})


HARE = _table(
    "c1 c2 c3 c4 c5 c6",
    """
    100000 3, 010000 6, 001000 5, 000100 3, 000010 4, 000001 4, 101000 1, 100100 2, 010100 3, 100010 2,
    010010 3, 000110 1, 100001 1, 010001 1, 001001 2, 000101 4, 000011 2, 101100 1, 110010 1, 101010 1,
    110001 1, 011001 2, 010101 3, 001101 1, 010011 1, 001011 1, 000111 1, 011101 2, 011011 1, 100111 1,
    010111 1, 011111 1, 111111 2
    """,
)
"""68 snowshoe hares, 6 days: Cormack, Biometrics 45 (1989) 395-413; Agresti, Biometrics 50 (1994) 494-500."""

LESBIAN = _table(
    "A B C D",
    """
    1000 589, 0100 534, 0010 281, 0001 208, 1100 104, 1010 44, 0110 64, 1001 143, 0101 53, 0011 28,
    1110 27, 1101 48, 1011 19, 0111 20, 1111 23
    """,
)
"""2,185 women on 4 mailing lists, Allegheny County: Aaron et al., JECH 57 (2003) 207-209."""

DUCK = _table(
    "p1 p2 p3 p4 p5 p6",
    """
    100000 362, 010000 18, 001000 27, 000100 16, 000010 40, 000001 79, 110000 25, 101000 23, 011000 11,
    100100 7, 010100 1, 001100 3, 100010 7, 010010 2, 001010 6, 000110 3, 100001 9, 010001 6, 001001 14,
    000101 15, 000011 22, 111000 22, 110100 5, 101100 3, 110010 4, 101010 3, 100110 5, 001110 3,
    110001 7, 101001 10, 011001 2, 100101 12, 010101 2, 001101 5, 100011 2, 010011 2, 001011 8,
    000111 6, 111100 6, 111010 4, 110110 4, 101110 6, 111001 5, 110101 2, 101101 3, 110011 5, 101011 5,
    011011 2, 100111 7, 010111 3, 001111 4, 111110 3, 111101 6, 111011 5, 110111 7, 101111 5, 011111 4,
    111111 13
    """,
)
"""896 eider ducks, 6 years: Coulson, J. Applied Ecology 21 (1984); Cormack 1989."""

MVOLE = _table(
    "m1 m2 m3 m4 m5 m6",
    """
    100000 11, 010000 11, 001000 8, 000100 13, 000010 4, 000001 34, 110000 23, 011000 3, 010100 1,
    001100 3, 000110 3, 010001 1, 000101 1, 000011 13, 111000 5, 101100 1, 011100 3, 000111 4, 111100 4,
    011101 3, 011011 1, 010111 2, 001111 4, 111110 1, 110111 1, 011111 3, 111111 10
    """,
)
"""171 meadow voles, 6 months, the 5 days of a month pooled: Williams, Nichols and Conroy 2002, table 19.1."""

RBVOLE = _table(
    "p1 p2 p3 p4 p5 p6",
    """
    100000 86, 010000 90, 001000 123, 000100 41, 000010 125, 000001 69, 110000 8, 011000 6, 001100 1,
    000110 5, 000011 5, 111000 1
    """,
)
"""Red-backed voles, 6 periods, the 3 days of a period pooled: Rivest and Daigle, Biometrics 60 (2004) 100-107."""

UK = _table(
    "LA NG PF GO GP NCA",
    """
    100000 54, 010000 463, 001000 907, 000100 695, 000010 316, 000001 57, 110000 15, 101000 19,
    011000 56, 100100 3, 010100 19, 001100 69, 010010 1, 001010 10, 000110 8, 010001 3, 001001 31,
    000101 6, 000011 1, 111000 1, 110100 1, 011100 4, 011001 3, 001101 1, 111100 1
    """,
)
"""2,744 potential victims of trafficking, UK 2013, 6 lists: Silverman, Home Office 2014."""

UK_5 = _table(
    "LA NG PFNCA GO GP",
    """
    10000 54, 01000 463, 00100 995, 00010 695, 00001 316, 11000 15, 10100 19, 01100 62, 10010 3,
    01010 19, 00110 76, 01001 1, 00101 11, 00011 8, 11100 1, 11010 1, 01110 4, 11110 1
    """,
)
"""The same, PF and NCA as one list."""

UK_4 = _table(
    "LA NG PFNCA GO",
    """
    1000 54, 0100 464, 0010 1006, 0001 703, 1100 15, 1010 19, 0110 62, 1001 3, 0101 19, 0011 76, 1110 1,
    1101 1, 0111 4, 1111 1
    """,
)
"""The same without the general public."""

NETHERLANDS = _table(
    "IO K P R Z",
    """
    10000 756, 01000 1299, 00100 4466, 00010 650, 00001 632, 11000 1, 10100 81, 01100 44, 10010 5,
    00110 82, 10001 73, 01001 4, 00101 125, 00011 2, 10110 2, 10101 11, 00111 1
    """,
)
"""8,234 people on 5 lists: Cruyff, van Dijk and van der Heijden, CHANCE 30 (2017) 41-49."""

NEW_ORLEANS = _table(
    "A BEFG C D H",
    """
    10000 25, 01000 24, 00100 70, 00010 33, 00001 21, 11000 1, 10100 1, 01100 2, 10010 2, 01010 2,
    00110 1, 01001 1, 11100 1, 11010 1
    """,
)
"""185 people on 5 lists: Bales, Murphy and Silverman, J. Human Trafficking 6 (2020)."""

WESTERN = _table(
    "A B C D E",
    """
    10000 52, 01000 90, 00100 114, 00010 45, 00001 21, 10100 4, 01100 6, 10010 2, 01010 1, 10001 5,
    00011 3, 01110 1, 10101 1
    """,
)
"""345 people on 5 lists: Farrell et al., National Institute of Justice 2019."""

ARTIFICIAL = _table(
    "A B C",
    """
    100 40, 010 30, 001 20, 110 6
    """,
)
"""Made to break estimators: Chan, Silverman and Vincent, JASA 116 (2021), table 2."""

ILL = np.array([1645, 183, 37, 13, 1, 1])
"""1,880 people apprehended 1, 2, ... times, 1995: van der Heijden et al., Statistical Modelling 3 (2003) 305-322."""

CATBIRD = np.array([6, 4, 5, 2, 0, 2])
"""Sites with 1, 2, ... detections in 11 visits: Royle, Biometrics 62 (2006) 97-102."""

BIRDS = np.array(
    [
        15,
        7,
        5,
        2,
        5,
        6,
        3,
        2,
        1,
        2,
        4,
        4,
        0,
        1,
        0,
        2,
        3,
        1,
        1,
        1,
        1,
        0,
        0,
        0,
        1,
        1,
        0,
        1,
        0,
        1,
        0,
        0,
        0,
        0,
        0,
        1,
    ]
)
"""Species seen at 1, 2, ... of 50 stops: Dorazio and Royle, Biometrics 59 (2003) 351-364."""
