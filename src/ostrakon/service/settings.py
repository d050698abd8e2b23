"""Django's settings, made from the operator's configuration."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

from ostrakon.pages.layout import LOOK
from ostrakon.service.configuration import Configuration, load

CONFIGURATION: Configuration = load()


def _secret_key() -> str:
    """Without ``ostrakon init`` there is none: sessions then end with the process, and ``serve`` refuses."""
    if CONFIGURATION.secret_key:
        return CONFIGURATION.secret_key
    path = CONFIGURATION.home / "secret.key"
    return path.read_text(encoding="ascii").strip() if path.exists() else secrets.token_urlsafe(48)


def _database() -> dict[str, Any]:
    made: dict[str, Any] = dict(dj_database_url.parse(CONFIGURATION.database, conn_health_checks=True))
    if made["ENGINE"].endswith("sqlite3"):
        # One writer at a time, said at once: a transaction that reads first could otherwise not become a writer.
        made["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA recursive_triggers=ON;"  # or REPLACE would remove rows past the triggers of DELETE
                "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;"
                # Pages go from the log to the file every 64 MB, not every 4: large intakes touch the same pages often.
                "PRAGMA wal_autocheckpoint=16000; PRAGMA journal_size_limit=67108864;"
            ),
        }
    else:
        # Each request runs in a thread of its own: connections are shared between threads, not kept by one.
        made.setdefault("OPTIONS", {}).setdefault("pool", {"min_size": 1, "max_size": 16})
    return made


SECRET_KEY = _secret_key()
DEBUG = CONFIGURATION.debug
_host = urlsplit(CONFIGURATION.address).hostname
ALLOWED_HOSTS = [
    *dict.fromkeys(
        host
        for host in (_host, "localhost", "127.0.0.1", "[::1]", *CONFIGURATION.allowed_hosts.split(","))
        if host
    )
]
SECURE = CONFIGURATION.address.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIGURATION.trusted_proxies else None
CSRF_TRUSTED_ORIGINS = [CONFIGURATION.address]

INSTALLED_APPS = [
    "ostrakon.ledger",
    "ostrakon.intake",
    "ostrakon.triage",
    "ostrakon.casework",
    "ostrakon.enforcement",
    "ostrakon.impact",
    "ostrakon.web",
    "ostrakon.service",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # the pages of allauth need it
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "ninja",
]
MIDDLEWARE = [
    "ostrakon.service.metrics.measure_requests",
    "ostrakon.web.middleware.protective_headers",
    "ostrakon.web.middleware.problems_of_the_api",
    "ostrakon.web.middleware.OnlyUtf8",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ostrakon.web.middleware.SecondFactorRequired",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "ostrakon.service.urls"
ASGI_APPLICATION = "ostrakon.service.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ostrakon.web.console.menu.menu",
            ]
        },
    }
]
DATABASES = {"default": _database()}
CACHES = {"default": {"BACKEND": "ostrakon.web.cache.DatabaseCache"}}
LEDGER_KEY_FILE = CONFIGURATION.home / "ledger.key"  # its public half lies beside it: ledger.pub
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "casework.Person"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "ostrakon.web.login.NoSelfRegistration"
SOCIALACCOUNT_ADAPTER = "ostrakon.web.login.OnlyInvitedPeople"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Ostrakon"
MFA_ADAPTER = "ostrakon.web.login.SealedSecondFactors"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # people are added by an administrator; nobody proves an address here
# The operator chose whom to believe: an address that the sign-on has verified is the person who was added with it.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "oidc",
                "name": "Single sign-on",
                "client_id": CONFIGURATION.oidc_client_id,
                "secret": CONFIGURATION.oidc_client_secret,
                "settings": {"server_url": CONFIGURATION.oidc_issuer},
            }
        ]
        if CONFIGURATION.oidc_issuer
        else []
    }
}

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("ar", "العربية")]
# Before those of Django and allauth: one word for one thing.
LOCALE_PATHS = [str(Path(__file__).parents[1] / "web" / "locale")]
FORMAT_MODULE_PATH = ["ostrakon.web.locale"]
STATIC_URL = "static/"
STATICFILES_DIRS = [str(LOOK)]

# The platform's side of what casework announces: a failing or missing listener aborts the action.
LOGGING_CONFIG = None
