"""The pages are in French and Arabic too: the catalogues are whole, and nothing on a page is outside them."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext, override
from tests.web.catalogues import LANGUAGES, Entry, compiled, entries, path_of

from ostrakon.errors import ExemptionApplies, NotThere, Refused, Unfit
from ostrakon.web.management.commands.makemessages import NO_PAGE_SHOWS_IT, refusals
from ostrakon.web.saying import why_refused

PLACE = re.compile(r"%\(\w+\)s|%%|\{[{%].*?[%}]\}|<[^>]+>")
"""What stays as it is: named places, fields of templates, elements."""
ABOUT_ONE_NUMBER = {"fr": (), "ar": (0, 1, 2)}
"""Plural forms that are about one number only (none, one, two), which the words may say."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_in_all_its_forms(language: str) -> None:
    found = entries(path_of(language))
    assert len(found) > 1000
    forms = {"fr": 2, "ar": 6}[language]
    for entry in found:
        assert "fuzzy" not in entry.flags, entry.msgid
        assert len(entry.translations) == (forms if entry.is_plural else 1), entry.msgid
        assert all(text.strip() for text in entry.translations), entry.msgid


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_places_of_its_sentence(language: str) -> None:
    for entry in entries(path_of(language)):
        for number, text in enumerate(entry.translations):
            wanted, found = _places(entry, number), sorted(PLACE.findall(text))
            if entry.is_plural and number in ABOUT_ONE_NUMBER[language]:
                assert set(found) <= set(wanted), text
            else:
                assert found == wanted, (entry.msgid, text)


def _places(entry: Entry, number: int) -> list[str]:
    said = entry.parts["msgid_plural"] if entry.is_plural and number else entry.msgid
    return sorted(PLACE.findall(said))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    written = {entry.msgid: entry.translations for entry in entries(path_of(language))}
    assert compiled(path_of(language, "mo")) == written


def test_both_languages_know_the_same_sentences() -> None:
    french, arabic = ({entry.msgid for entry in entries(path_of(language))} for language in LANGUAGES)
    assert french == arabic


def test_an_arabic_name_in_the_middle_moves_nothing_around_it() -> None:
    """What people are called is isolated: it may run in either direction."""
    for entry in entries(path_of("ar")):
        for text in entry.translations:
            assert not re.search(r"(?<!\u2068)%\((?:who|name|handle|label|person|code|policy)\)s", text), text


def test_a_refusal_is_said_in_the_language_of_the_reader() -> None:
    raised: Refused = NotThere("there is no such case, or it is not for you")
    with override("fr"):
        assert why_refused(raised) == "il n’y a pas de tel dossier, ou il n’est pas pour vous"
    assert why_refused(raised) == str(raised)
    with override("ar"):
        assert why_refused(Unfit("nobody ever wrote this")) == "nobody ever wrote this"


def test_values_are_filled_in_after_the_sentence_was_translated() -> None:
    raised = ExemptionApplies(
        "nobody is suspended for {names}; a milder action may be proposed", names=["press", "research"]
    )
    with override("fr"):
        said = why_refused(raised)
    assert "presse, recherche" in said
    assert "suspended" not in said
    assert str(raised) == "nobody is suspended for press, research; a milder action may be proposed"


def test_a_value_that_looks_like_a_place_stays_as_it_was_written() -> None:
    raised = Unfit("this is no language tag: {strange}", strange="{number}%(x)s")
    assert str(raised) == "this is no language tag: {number}%(x)s"
    assert why_refused(raised) == str(raised)


def test_no_refusal_is_filled_in_before_it_can_be_translated() -> None:
    filled = [
        f"{path}:{call.lineno}"
        for path in Path(settings.LOCALE_PATHS[0]).parents[1].rglob("*.py")
        if not set(path.parts) & set(NO_PAGE_SHOWS_IT)
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in set(refusals())
        if call.args and isinstance(call.args[0], ast.JoinedStr)
    ]
    assert filled == []


def test_every_kind_of_refusal_is_looked_for() -> None:
    assert {"Unfit", "NotThere", "NotPermitted", "TooOften", "ExemptionApplies"} <= set(refusals())


def test_our_words_go_before_those_of_others() -> None:
    """Django and allauth bring their own catalogues; one thing has one name on all pages."""
    ours = {entry.msgid: entry.translations[0] for entry in entries(path_of("fr"))}
    with override("fr"):
        assert gettext("Sign In") == ours["Sign In"]


@pytest.mark.slow
@pytest.mark.needs_program("xgettext")
def test_no_sentence_of_the_sources_is_missing_and_the_files_stay_to_the_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = Path(settings.LOCALE_PATHS[0]).parents[1]
    copy = tmp_path / "ostrakon"
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(settings, "LOCALE_PATHS", [str(copy / "web" / "locale")])
    monkeypatch.chdir(copy)
    call_command("makemessages", verbosity=0)
    for language in LANGUAGES:
        again = copy / "web" / "locale" / language / "LC_MESSAGES" / "django.po"
        assert {entry.msgid for entry in entries(again)} == {e.msgid for e in entries(path_of(language))}
        assert again.read_bytes() == path_of(language).read_bytes()
