"""Hints of our module: one for each time that there is news, until it is quiet for long or the line breaks."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from ostrakon.platforms.matrix.hints import QUIET, hints
from ostrakon.platforms.wire import Wire


def wire(answers: Iterator[httpx.Response], asked: list[str]) -> Wire:
    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params["since"])
        return next(answers)

    return Wire("https://matrix.example.org", transport=httpx.MockTransport(answer))


def newest(word: str) -> httpx.Response:
    return httpx.Response(200, json={"newest": word})


def test_every_news_is_a_hint_however_many_there_are() -> None:
    asked: list[str] = []
    many = [f"1.{number}" for number in range(3 * QUIET)]
    answers = iter([*map(newest, many), httpx.Response(502)])
    assert list(hints(wire(answers, asked))) == many
    assert asked == ["", *many]


def test_it_ends_when_it_was_quiet_for_long() -> None:
    asked: list[str] = []
    answers = iter([newest("1"), *[newest("1")] * (QUIET - 1), newest("2"), *[newest("2")] * QUIET])
    assert list(hints(wire(answers, asked))) == ["1", "2"]
    assert next(answers, None) is None


def test_it_ends_when_the_answer_is_not_understood() -> None:
    for said in (
        httpx.Response(401),
        httpx.Response(200, json={"newest": 7}),
        httpx.Response(200, text="<p>"),
    ):
        assert list(hints(wire(iter([said]), []))) == []
