"""One pass over a report log of any size: evidence flows to the accounts, credit flows back to the reporters.

An account's logit is its prior plus the scores of its reporters; a reporter's credit is the sum of the
probabilities of the accounts that the reporter reported. A pass reads each report twice, in the order of the
accounts; what costs time is not arithmetic but the jump to the reporter's place in memory. So score, odds and
credit of a reporter lie in one 16-byte cell, which is asked for some reports before it is needed.

**Order for callers.** Reports are sorted by account, so that the reports of account ``t`` are
``indptr[t]:indptr[t + 1]`` (CSR). Reporters may be numbered in any way, but by activity, most active first, is
up to a fifth faster where few send most reports: the cells that are touched often then share cache lines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled

Pointers = NDArray[np.int64]
Codes = NDArray[np.int32]
Scores = NDArray[np.float32]
Floats = NDArray[np.float64]

LARGEST_SCORE = 30.0
"""Scores are log odds; beyond this they are cut off, for their odds must be far from the limits of 32 bits."""

AHEAD = 64
"""How many reports ahead a reporter's cell is asked for: more than main memory needs, less than the cache holds."""


@dataclass(frozen=True)
class Pass:
    """What one pass found."""

    logit: Floats
    """Per account."""
    credit: Floats
    """Per reporter."""


def plain_pass(
    indptr: Pointers, reporter: Codes, score: Scores, prior: Floats, weight: Scores | None = None
) -> Pass:
    """Logit of each account, and for each reporter the sum of the accounts' probabilities.

    ``logit_t = prior_t + sum of weight_i score_r``, ``credit_r = sum of weight_i sigma(logit_t)``; sums are
    carried in 64 bits.

    >>> two_on_one = np.array([0, 2, 3]), np.array([0, 1, 1], np.int32)
    >>> found = plain_pass(*two_on_one, np.array([1.0, -1.0], np.float32), np.zeros(2))
    >>> found.logit.round(3).tolist(), found.credit.round(3).tolist()
    ([0.0, -1.0], [0.5, 0.769])
    """
    return _run(_plain, indptr, reporter, score, prior, weight)


def leave_one_out_pass(
    indptr: Pointers, reporter: Codes, score: Scores, prior: Floats, weight: Scores | None = None
) -> Pass:
    """As :func:`plain_pass`, but nobody learns from their own voice.

    ``credit_r = sum of weight_i sigma(logit_t - weight_i score_r)``. Without weights this takes one exponential a
    reporter and one an account, since ``sigma(l - s) = 1 / (1 + exp(-l) exp(s))``; with weights one a report.

    >>> two_on_one = np.array([0, 2, 3]), np.array([0, 1, 1], np.int32)
    >>> found = leave_one_out_pass(*two_on_one, np.array([1.0, -1.0], np.float32), np.zeros(2))
    >>> found.credit.round(3).tolist()
    [0.269, 1.231]
    """
    return _run(_leave_one_out, indptr, reporter, score, prior, weight)


Kernel = Callable[[Pointers, NDArray[np.uint32], Floats, Scores | None, Floats, Floats], None]


def _run(
    kernel: Kernel, indptr: Pointers, reporter: Codes, score: Scores, prior: Floats, weight: Scores | None
) -> Pass:
    """One kernel over all accounts."""
    pointers = np.ascontiguousarray(indptr, np.int64)
    # Codes are never negative, and unsigned ones spare the kernels a test for numbering from the end.
    codes = np.ascontiguousarray(reporter, np.int32).view(np.uint32)
    _check(pointers, codes, score, prior, weight)
    weights = None if weight is None else np.ascontiguousarray(weight, np.float32)
    # From numpy, not from within a kernel: numpy asks the system for large pages, and jumps get a fifth cheaper.
    logit, cells = np.empty(len(prior)), np.empty(2 * len(score))
    _fill(np.clip(np.ascontiguousarray(score, np.float32), -LARGEST_SCORE, LARGEST_SCORE), cells)
    kernel(pointers, codes, np.ascontiguousarray(prior, np.float64), weights, cells, logit)
    return Pass(logit, cells[1::2].copy())


def _check(
    indptr: Pointers, reporter: NDArray[np.uint32], score: Scores, prior: Floats, weight: Scores | None
) -> None:
    """The kernels do not look where they write: a wrong code would damage memory."""
    if len(indptr) != len(prior) + 1 or indptr[0] != 0 or indptr[-1] != len(reporter):
        raise ValueError("indptr must run from 0 to the number of reports, with one step for each account")
    if np.any(indptr[1:] < indptr[:-1]):
        raise ValueError("indptr must not fall")
    if len(reporter) and int(reporter.max()) >= len(score):
        raise ValueError("every reporter needs a code from 0 and a score")
    if weight is not None and len(weight) != len(reporter):
        raise ValueError("every report needs a weight")


# -- kernels -----------------------------------------------------------------------------------
# A cell is 16 bytes: score and odds of the reporter (32 bits each), then the credit (64 bits).


def _ask_for(_context: Any, floats: Any, place: Any) -> tuple[Any, Callable[..., Any]]:
    """``ask_for(floats, place)`` tells the processor that the cache line of ``floats[place]`` will be needed."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        address = builder.gep(array.data, [arguments[1]])
        number = ir.IntType(32)
        name = "llvm.prefetch.p0"
        takes = ir.FunctionType(ir.VoidType(), [address.type, number, number, number])
        prefetch = builder.module.globals.get(name) or ir.Function(builder.module, takes, name)
        to_write, keep_close, is_data = number(1), number(3), number(1)
        builder.call(prefetch, [address, to_write, keep_close, is_data])
        return context.get_dummy_value()

    return types.void(floats, place), build


ask_for = cast(Callable[[Floats, np.uint64], None], intrinsic(_ask_for))

ONE, TWO, FOUR = np.uint64(1), np.uint64(2), np.uint64(4)


@compiled
def _fill(score: Scores, cells: Floats) -> None:
    halves = cells.view(np.float32)
    for r in range(len(score)):
        halves[4 * r] = score[r]
        halves[4 * r + 1] = np.exp(score[r])
        cells[2 * r + 1] = 0.0


@compiled
def _plain(
    indptr: Pointers,
    reporter: NDArray[np.uint32],
    prior: Floats,
    weight: Scores | None,
    cells: Floats,
    logit: Floats,
) -> None:
    halves = cells.view(np.float32)
    ahead, end = np.uint64(AHEAD), np.uint64(len(reporter)) - ONE
    first = np.uint64(indptr[0])
    for t in range(len(prior)):
        last = np.uint64(indptr[t + 1])
        evidence = prior[t]
        for i in range(first, last):
            ask_for(cells, TWO * np.uint64(reporter[min(i + ahead, end)]))
            value = halves[FOUR * np.uint64(reporter[i])]
            evidence += value if weight is None else value * weight[i]
        logit[t] = evidence
        probability = 1.0 / (1.0 + np.exp(-evidence))
        for i in range(first, last):
            share = probability if weight is None else probability * weight[i]
            cells[TWO * np.uint64(reporter[i]) + ONE] += share
        first = last


@compiled
def _leave_one_out(
    indptr: Pointers,
    reporter: NDArray[np.uint32],
    prior: Floats,
    weight: Scores | None,
    cells: Floats,
    logit: Floats,
) -> None:
    halves = cells.view(np.float32)
    ahead, end, one = np.uint64(AHEAD), np.uint64(len(reporter)) - ONE, np.float32(1)
    first = np.uint64(indptr[0])
    for t in range(len(prior)):
        last = np.uint64(indptr[t + 1])
        evidence = prior[t]
        for i in range(first, last):
            ask_for(cells, TWO * np.uint64(reporter[min(i + ahead, end)]))
            value = halves[FOUR * np.uint64(reporter[i])]
            evidence += value if weight is None else value * weight[i]
        logit[t] = evidence
        against = np.float32(np.exp(-evidence))
        for i in range(first, last):
            cell = np.uint64(reporter[i])
            if weight is None:
                share = one / (one + against * halves[FOUR * cell + ONE])
            else:
                share = weight[i] / (one + against * np.exp(weight[i] * halves[FOUR * cell]))
            cells[TWO * cell + ONE] += share
        first = last
