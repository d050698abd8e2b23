"""Who stands in the record: it names people by number, a page by their username."""

from __future__ import annotations

from collections.abc import Iterable

from ostrakon.casework.models import Person

PEOPLE = ("person", "guest")


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """The usernames behind ``person:3`` and ``guest:2``; ``system`` and its like are left out."""
    numbers = {actor: actor.partition(":")[2] for actor in actors if actor.startswith(PEOPLE)}
    found = Person.objects.filter(pk__in={int(number) for number in numbers.values() if number.isdecimal()})
    named = {str(number): name for number, name in found.values_list("pk", "username")}
    return {actor: named[number] for actor, number in numbers.items() if number in named}
