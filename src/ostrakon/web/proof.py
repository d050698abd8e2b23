"""Who sits at the shell: the same proof that the sign-in pages ask for, without a browser."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from ostrakon.casework.models import Person
from ostrakon.errors import NotPermitted, Unfit
from ostrakon.web.login import has_second_factor

CODES = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


def by_password(username: str, password: str) -> Person:
    """The person who has this password. Costs as much for a name that nobody has.

    Raises:
        NotPermitted: the two do not belong together, or it is a guest.
    """
    person = ModelBackend().authenticate(None, username=username, password=password)
    if not isinstance(person, Person) or person.is_guest:
        raise NotPermitted("name and password do not belong together")
    return person


def choose_password(person: Person, password: str) -> None:
    """Put a password of their own in place of the one that was printed for one use.

    Raises:
        Unfit: it is too short, too common or too much like their name.
    """
    try:
        validate_password(password, person)
    except ValidationError as problem:
        raise Unfit(" ".join(problem.messages)) from problem
    person.set_password(password)
    person.must_change_password = False
    person.save(update_fields=["password", "must_change_password"])


def needs_code(person: Person) -> bool:
    """Must they show a second factor too?

    Raises:
        NotPermitted: they have none that works here, and must have one.
    """
    if Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.TOTP).exists():
        return True
    if has_second_factor(person):
        raise NotPermitted("a security key or passkey works in a browser only: make the key of the API there")
    if settings.CONFIGURATION.second_factor:
        raise NotPermitted(
            "set up a second factor first: sign in at {address}", address=settings.CONFIGURATION.address
        )
    return False


def refuse_wrong_code(person: Person, code: str) -> None:
    """Go on only with a code of their authenticator, or one of their recovery codes; each works once.

    Raises:
        NotPermitted: it is none of theirs.
    """
    theirs = Authenticator.objects.filter(user_id=person.pk, type__in=CODES)
    if not any(authenticator.wrap().validate_code(code.strip()) for authenticator in theirs):
        raise NotPermitted("this code is not right, or was used before")
