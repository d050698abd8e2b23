"""Whatever outsiders write, a page has the elements and attributes that it has with plain words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import zip_longest
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.web.case import signed_in
from tests.web.security import payloads
from tests.web.security.skeleton import bones, words
from tests.web.security.world import MARK, House, cut, in_language

from ostrakon.web.models import RateLimit

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "fr", "ar")
AT_ONCE = 130
"""Payloads in one house."""
TEMPLATE = "{{ 7|add:7 }}{% debug %}%(minutes)s"
TELLING = (
    "\u202e'\"></textarea></title></style><svg onload=alert(1)><script>alert(1)</script><!--<![CDATA[\r\nSet-Cookie: x",
    f"{TEMPLATE}javascript:alert(1)' autofocus onfocus=alert(1) x=' <div hx-get=/ hx-trigger=load>",
)
SAY_NOTHING = {"figures", "new wave", "waves", "batches", "campaigns", "guest's link", "people", "status"}
"""Pages on which nothing stands that an outsider wrote."""
FIELDS = (
    "account",
    "location",
    "text",
    "name",
    "policy",
    "filed_by",
    "title",
    "publisher",
    "url",
    "licence",
    "reason",
    "facts",
    "how",
    "why",
    "answer",
    "reasons",
    "username",
    "code",
    "subject",
    "body",
    "login",
    "q",
    "server",
)
Pages = dict[str, str]


def seen(said: tuple[str, ...], languages: tuple[str, ...]) -> Pages:
    """Every page of a house in which outsiders said this, in some languages."""
    made: Pages = {}
    with transaction.atomic():
        house = House(said)
        for language in languages:
            pages = {**_for_colleagues(house, language), **_for_outsiders(house, language)}
            made |= {f"{language} {name}": page for name, page in pages.items()}
        transaction.set_rollback(True)
    return made


@cache
def plain(count: int, languages: tuple[str, ...]) -> Pages:
    return seen(tuple(f"plain words of {number}" for number in range(count)), languages)


def _for_colleagues(house: House, language: str) -> Pages:
    colleague, guest = (
        in_language(signed_in(house.lead), language),
        in_language(signed_in(house.guest), language),
    )
    about = house.about(0)
    made = _read(colleague, house.lists())
    for number in range(len(house.said)):
        made |= _read(colleague, {f"{name} {number}": page for name, page in house.about(number).items()})
    made |= _read(guest, {f"guest's {name}": about[name] for name in ("case", "decision")})
    forms = {
        "list": "/lists/new",
        "wave": "/reinstatements/new",
        "person": "/settings/people",
        "source": "/settings/sources",
        "policy": "/settings/policies/new",
        "proposal": f"{about['case']}/decide",
        "approval": f"{about['decision']}/answer",
        "hearing": f"{about['appeal on behalf']}/answer",
        "campaign": f"/campaigns/{house.campaign.pk}/aside",
    }
    written = dict.fromkeys(FIELDS, cut(house.said[0], 100))
    return made | {f"refused {name}": _page(colleague.post(page, written)) for name, page in forms.items()}


def _for_outsiders(house: House, language: str) -> Pages:
    anybody = in_language(Client(raise_request_exception=False), language)
    made: Pages = {}
    for number, said in enumerate(house.said):
        RateLimit.objects.all().delete()
        pages = house.outside(number)
        made |= _read(anybody, {f"{name} {number}": page for name, page in pages.items()})
        written = dict.fromkeys(FIELDS, cut(said, 100)) | {"email": "no address"}
        forms = {"report": "/report", "plea": "/appeal", "appeal": pages["own appeal"]}
        made |= {
            f"refused {name} {number}": _page(anybody.post(page, written)) for name, page in forms.items()
        }
    return made


def _read(browser: Client, pages: Mapping[str, str]) -> Pages:
    return {name: _page(browser.get(page)) for name, page in pages.items()}


def _page(answer: Any) -> str:
    assert answer.status_code < 500, answer.content[:300]
    return str(answer.content.decode())


def differing(one: str, other: str) -> list[tuple[str, str]]:
    """The first bones that are not the same."""
    pairs = zip_longest(bones(one), bones(other), fillvalue="")
    return [pair for pair in pairs if pair[0] != pair[1]][:3]


def compare(said: tuple[str, ...], languages: tuple[str, ...]) -> Pages:
    harmless, hostile = plain(len(said), languages), seen(said, languages)
    assert harmless.keys() == hostile.keys()
    gained = {name: differing(page, hostile[name]) for name, page in harmless.items()}
    assert {name: bones for name, bones in gained.items() if bones} == {}
    silent = {name[3:].rstrip("0123456789 ") for name, page in hostile.items() if MARK not in page}
    assert silent <= SAY_NOTHING
    return hostile


def test_no_page_gains_an_element_or_an_attribute_by_what_outsiders_write() -> None:
    pages = compare(TELLING, LANGUAGES)
    for name in ("case 1", "appeal 1", "own appeal 1", "refused report 1"):
        assert TEMPLATE in words(pages[f"en {name}"]), name


@pytest.mark.slow
@pytest.mark.only_on("sqlite")  # templates escape whatever the database
@pytest.mark.parametrize("first", range(0, len(payloads.corpus()), AT_ONCE))
def test_no_payload_of_the_corpus_reaches_a_page_as_markup(first: int) -> None:
    """Each in one of the languages; the telling ones, above, in all of them."""
    compare(tuple(payloads.kept()[first : first + AT_ONCE]), (LANGUAGES[first // AT_ONCE % len(LANGUAGES)],))


def test_the_corpus_is_the_one_that_is_made_by_its_rules() -> None:
    assert payloads.kept() == payloads.corpus()
    assert len(set(payloads.kept())) >= 500


def test_the_comparison_sees_what_is_added() -> None:
    page = '<p><bdi class="id">{}</bdi> <a href="/x" title="{}">x</a>'
    harmless = bones(page.format("a", "b"))
    assert bones(page.format('x<bdi class="chip" title="t">U+202E</bdi>', "c")) == harmless
    for hostile in (
        "<i>",
        "<script>",
        "<!-- -->",
        "<bdi onclick=x>",
        "<bdi class=chip style=x>",
        "<?x>",
        "<![CDATA[",
    ):
        assert bones(page.format(hostile, "")) != harmless, hostile
    assert bones(page.format("", '" onclick="')) != harmless
    assert bones('<a href="javascript:x">') != bones('<a href="/x">')
    assert "a leads to //evil.example" in bones('<a href="//evil.example">')
