"""Who may come in: people who were invited, nobody else."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import password_changed
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from ostrakon.casework.models import Person
from ostrakon.web.addresses import pseudonym_of

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes stand in for one of these; alone they are none."""


class NoSelfRegistration(DefaultAccountAdapter):  # type: ignore[misc]
    """People are added by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Where somebody goes after signing in or out: to a page of ours, named without a host."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose failed logins are counted: a keyed hash of the address, which is kept nowhere."""
        return pseudonym_of(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failures count for a name from one address: a crowd that tries everywhere locks no colleague out."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{pseudonym_of(request)}"


class OnlyInvitedPeople(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on opens the door to those who were added before, by their e-mail address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never."""
        return False


class SealedSecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """The secrets of second factors are encrypted with our key: a stolen backup alone makes no codes."""

    def encrypt(self, text: str) -> str:
        """What is stored."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What was meant."""
        return _box().decrypt(encrypted_text.encode()).decode()


def has_second_factor(person: Person) -> bool:
    """An authenticator application, a security key or a passkey."""
    return bool(Authenticator.objects.filter(user_id=person.pk, type__in=SECOND_FACTORS).exists())


@receiver(password_changed)
def _password_is_theirs_now(sender: Any, user: Person, **rest: Any) -> None:
    """A password that was printed for one use was changed by its owner."""
    Person.objects.filter(pk=user.pk).update(must_change_password=False)
    user.must_change_password = False


def _box() -> Fernet:
    key = hashlib.sha256(b"ostrakon.web.login second factors" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
