"""What an operator may set: the environment first, then one TOML file, then what suits a laptop.

The file is ``ostrakon.toml`` in the home folder, or the one that ``OSTRAKON_CONFIG`` names. Each setting of the table
below may stand in it in lower case, or in the environment as ``OSTRAKON_`` and its name in upper case; the database
also as ``DATABASE_URL``. Secrets may be given as files: a name that ends in ``_file``.

Secrets of the platforms that are connected stand in tables of their own, ``[platforms.NAME]`` with ``token = "..."``
(or whatever the connector asks for), or in the environment as ``OSTRAKON_PLATFORMS_NAME_TOKEN``; as a file also here.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

from ostrakon.errors import InputUnusable

DEFAULT_HOME = "~/.local/share/ostrakon"
SECRETS = "platforms"
"""The table of the file, and (in upper case) the beginning of the names, that hold secrets of platforms."""
TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})


@dataclass(frozen=True)
class Configuration:
    """Every setting, with what it is when nobody sets it."""

    home: Path
    """Where the database, the keys and the backups lie."""
    database_url: str = ""
    """``postgres://...``; empty: SQLite in the home folder."""
    secret_key: str = ""
    """Signs sessions and links; empty: the file ``secret.key`` of the home folder, made by ``ostrakon init``."""
    host: str = "127.0.0.1"
    port: int = 8420
    public_url: str = ""
    """How people reach the service from outside, for links in notices; empty: ``http://host:port``."""
    allowed_hosts: str = ""
    """Host names that are answered, by comma, beside the one of ``public_url``."""
    workers: int = 1
    """Background workers that ``ostrakon serve`` keeps alive."""
    trusted_proxies: int = 0
    """How many reverse proxies stand before the service; 0: X-Forwarded-For is not believed."""
    platform: str = "local"
    """The platform that reports are about when they name none."""
    platform_name: str = "this service"
    """How notices call it."""
    smtp_host: str = ""
    """Mail server for notices; empty: notices by e-mail become tasks for a person."""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_starttls: bool = True
    smtp_timeout_s: float = 20.0
    mail_from: str = "moderation@localhost"
    audit_share: float = 0.03
    """Share of the offered cases that are drawn at random."""
    worst_severity: float = 0.8
    """Policies from this severity on count as the worst to look at; above 1 there are none."""
    revealed_a_day: int = 40
    """Whoever has revealed so many pieces of evidence of the worst policies in a day (UTC) is offered none of them
    until the day ends."""
    break_after_revealed: int = 15
    """Pieces of evidence of the worst policies after which a break is proposed."""
    break_after_minutes: int = 50
    """Minutes of work without a pause after which a break is proposed."""
    pause_minutes: int = 10
    """So many minutes without any work are a pause."""
    exchanges_kept_days: int = 90
    """What was said with platforms is erased so many days after it was said."""
    second_factor: bool = True
    """People must have a second factor (or a passkey) before they may act."""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    debug: bool = False
    platforms: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Secrets of connections, by ``secret_name``."""

    def secret_of(self, platform: str, name: str) -> str:
        """A secret of the connection to a platform (``token``); empty: nobody gave it."""
        return self.platforms.get(secret_name(platform, name), "")

    @property
    def database(self) -> str:
        """The URL of the database."""
        return self.database_url or f"sqlite:///{self.home / 'ostrakon.sqlite3'}"

    @property
    def address(self) -> str:
        """How people reach the service, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host  # IPv6
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")


def load(environ: Mapping[str, str] | None = None) -> Configuration:
    """The configuration in force.

    Raises:
        InputUnusable: the file is missing although it was named, is not TOML, has a name nobody knows, or a value
            is not of its kind.
    """
    given = os.environ if environ is None else environ
    home = Path(given.get("OSTRAKON_HOME") or DEFAULT_HOME).expanduser().absolute()
    settings = {**_file(given, home), **_environment(given)}
    secrets = {**_secrets_of_tables(settings.pop(SECRETS, {})), **_secrets_of_environment(given)}
    kinds = get_type_hints(Configuration)
    known = {name: _typed(name, kinds[name], value) for name, value in settings.items() if value is not None}
    return Configuration(**{"home": home, "platforms": secrets, **known})


def secret_name(platform: str, name: str) -> str:
    """How the environment calls a secret of a platform, after ``OSTRAKON_PLATFORMS_``.

    >>> secret_name("matrix.example.org", "token")
    'MATRIX_EXAMPLE_ORG_TOKEN'
    """
    return re.sub(r"[^A-Z0-9]", "_", f"{platform}_{name}".upper())


def _names() -> list[str]:
    return [each.name for each in fields(Configuration) if each.name not in ("home", SECRETS)]


def _file(environ: Mapping[str, str], home: Path) -> dict[str, Any]:
    named = environ.get("OSTRAKON_CONFIG")
    path = Path(named).expanduser() if named else home / "ostrakon.toml"
    if not named and not path.exists():
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise InputUnusable(f"{path}: the configuration cannot be read: {problem}") from problem
    tables = {SECRETS: found.pop(SECRETS, {})}
    return tables | dict(_known(key, given, str(path)) for key, given in found.items())


def _secrets_of_tables(tables: Any) -> dict[str, str]:
    """Each platform has a table of its own."""
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise InputUnusable("[platforms.NAME]: each platform has a table of its own, with its secrets")
    found = [
        _secret(secret_name(platform, key), value)
        for platform, table in tables.items()
        for key, value in table.items()
    ]
    return dict(found)


def _secrets_of_environment(environ: Mapping[str, str]) -> dict[str, str]:
    start = f"OSTRAKON_{SECRETS.upper()}_"
    return dict(
        _secret(key.removeprefix(start), value) for key, value in environ.items() if key.startswith(start)
    )


def _secret(key: str, value: Any) -> tuple[str, str]:
    """By its name; the content of the file for ``..._FILE``. Never shows the value."""
    if not key.endswith("_FILE"):
        return key, str(value).strip()
    try:
        return key.removesuffix("_FILE"), Path(str(value)).expanduser().read_text(encoding="utf-8").strip()
    except OSError as problem:
        raise InputUnusable(
            f"a secret of a platform cannot be read from its file: {problem.strerror}"
        ) from problem


def _environment(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if url := environ.get("DATABASE_URL"):
        found["database_url"] = url
    for name in _names():
        for key in (name, f"{name}_file"):
            if (value := environ.get(f"OSTRAKON_{key.upper()}")) is not None:
                found.update([_known(key, value, "the environment")])
    return found


def _known(key: str, value: Any, where: str) -> tuple[str, Any]:
    """A setting by its name; the content of the file for ``..._file``."""
    if key in _names():
        return key, value
    name = key.removesuffix("_file")
    if name == key or name not in _names():
        raise InputUnusable(f"{where}: nobody knows the setting {key}; known are {', '.join(_names())}")
    try:
        return name, Path(str(value)).expanduser().read_text(encoding="utf-8").strip()
    except OSError as problem:
        raise InputUnusable(f"{where}: {key}: {problem}") from problem


def _typed(name: str, kind: type, value: Any) -> Any:
    """The value as its kind, or a clear refusal. Never shows the value: it may be a secret."""
    text = str(value).strip()
    try:
        if kind is bool:
            if text.lower() not in TRUE | FALSE:
                raise ValueError(text)
            return text.lower() in TRUE
        return kind(text)
    except ValueError as problem:
        raise InputUnusable(f"the setting {name} must be of the kind {kind.__name__}") from problem
