"""Which of the languages at hand somebody reads best."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ObjectDoesNotExist

from ostrakon.intake.models import Account

FALLBACK = "en"
"""What is written for everybody whose language nobody knows, or nobody wrote in."""


def language_of(account: Account) -> str:
    """In which notices to an account are written: what the person asked for, else what the platform says."""
    try:
        asked_for = account.contact.language
    except ObjectDoesNotExist:
        asked_for = ""
    return asked_for or account.language or FALLBACK


def choose(available: Iterable[str], language: str) -> str | None:
    """The best of the languages at hand for somebody who reads ``language`` (BCP 47); None: there is none at all.

    >>> choose(["en", "fr"], "fr-CA"), choose(["ar", "en"], "de"), choose(["fr", "ar"], "de"), choose([], "de")
    ('fr', 'en', 'ar', None)
    """
    at_hand = {_plain(tag): tag for tag in sorted(available, reverse=True)}
    wanted = _plain(language)
    for tag in (wanted, wanted.split("-")[0], FALLBACK):
        if tag in at_hand:
            return at_hand[tag]
    return min(at_hand.values(), default=None)


def _plain(tag: str) -> str:
    return tag.strip().lower().replace("_", "-")
