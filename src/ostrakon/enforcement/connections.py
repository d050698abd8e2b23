"""From a row to a connector: which code speaks to a platform, with which secret. Only what is connected is loaded."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any

from django.conf import settings

from ostrakon.enforcement.models import Connection
from ostrakon.errors import NotReady
from ostrakon.platforms.contract import Mode, Platform

Opener = Callable[[Connection], Platform]
Secrets = tuple[str, ...]


def _fake(connection: Connection) -> Platform:
    opened: Platform = _from("fake.connector", "FakePlatform")(
        connection.address,
        _secret(connection, "token"),
        platform=connection.platform,
        mode=Mode(connection.mode),
    )
    return opened


def _matrix(connection: Connection) -> Platform:
    opened: Platform = _from("matrix.connector", "Matrix")(
        connection.address,
        _secret(connection, "token"),
        platform=connection.platform,
        mode=Mode(connection.mode),
        **_chosen(connection, "notices_user", "module"),
    )
    return opened


def _atproto(connection: Connection) -> Platform:
    network = _from("atproto.connection", "Connection")(
        pds_url=connection.address,
        ozone_url=connection.options.get("ozone_url", connection.address),
        ozone_did=connection.options.get("ozone_did", ""),
        identifier=connection.options.get("identifier", ""),
        password=_secret(connection, "password"),
        mode=Mode(connection.mode),
        name=connection.platform,
        **_chosen(connection, "plc_url", "limit_label"),
    )
    opened: Platform = _from("atproto.connector", "AtprotoPlatform")(network)
    return opened


def _mastodon(connection: Connection) -> Platform:
    opened: Platform = _from("mastodon.connector", "MastodonPlatform")(
        connection.address,
        _secret(connection, "token"),
        platform=connection.platform,
        mode=Mode(connection.mode),
        **_chosen(connection, "domain", "own_account_id"),
    )
    return opened


def _webhook(connection: Connection) -> Platform:
    opened: Platform = _from("webhook.connector", "WebhookPlatform")(
        connection.address,
        _secret(connection, "secret"),
        platform=connection.platform,
        mode=Mode(connection.mode),
        **_of_a_receiver(connection),
    )
    return opened


def _of_a_receiver(connection: Connection) -> dict[str, Any]:
    """What it can do, as its operators told: it does not say so itself."""
    chosen = _chosen(connection, "notices")
    if "actions" in connection.options:
        chosen["actions"] = _from("webhook.connector", "actions_named")(connection.options["actions"])
    return chosen


OPENERS: dict[str, Opener] = {
    Connection.Kind.FAKE: _fake,
    Connection.Kind.MATRIX: _matrix,
    Connection.Kind.ATPROTO: _atproto,
    Connection.Kind.MASTODON: _mastodon,
    Connection.Kind.WEBHOOK: _webhook,
}
"""How each kind is opened."""
SECRETS: Mapping[str, Secrets] = {
    Connection.Kind.FAKE: ("token",),
    Connection.Kind.MATRIX: ("token",),
    Connection.Kind.ATPROTO: ("password",),
    Connection.Kind.MASTODON: ("token",),
    Connection.Kind.WEBHOOK: ("secret",),
}
"""What each kind needs from the configuration."""
OPTIONS: Mapping[str, frozenset[str]] = {
    Connection.Kind.FAKE: frozenset(),
    Connection.Kind.MATRIX: frozenset({"notices_user", "module"}),
    Connection.Kind.ATPROTO: frozenset({"ozone_url", "ozone_did", "identifier", "plc_url", "limit_label"}),
    Connection.Kind.MASTODON: frozenset({"domain", "own_account_id"}),
    Connection.Kind.WEBHOOK: frozenset({"actions", "notices"}),
}
"""What each kind may be told, beside ``OF_ALL``."""
OF_ALL = frozenset({"policies", "labels"})
"""``policies``: from the platform's word for a reason to the code of a policy; ``labels``: from a policy to a label."""


def open_connection(connection: Connection) -> Platform:
    """A connector for a connection; whoever opens it closes it.

    Raises:
        NotReady: nothing here speaks to this kind of platform, or a secret is missing from the configuration.
    """
    opener = OPENERS.get(connection.kind)
    if opener is None:
        raise NotReady(f"nothing here speaks to platforms of the kind {connection.kind} yet")
    return opener(connection)


class Lines:
    """Connectors that stay open from round to round; what changed on the row is opened anew.

    Each connection is spoken to by one thread at a time.
    """

    def __init__(self) -> None:
        self._open: dict[int, tuple[tuple[Any, ...], Platform]] = {}

    def to(self, connection: Connection) -> Platform:
        """The connector, open.

        Raises:
            NotReady: as ``open_connection``.
        """
        as_opened = (connection.kind, connection.address, str(connection.options), connection.mode)
        kept = self._open.get(connection.pk)
        if kept is not None and kept[0] == as_opened:
            return kept[1]
        self.drop(connection)
        opened = open_connection(connection)
        self._open[connection.pk] = (as_opened, opened)
        return opened

    def drop(self, connection: Connection) -> None:
        """Close it: the next time it is opened anew, and signs in anew."""
        kept = self._open.pop(connection.pk, None)
        if kept is not None:
            with suppress(Exception):  # it is closed either way
                kept[1].close()


def secret_places(platform: str, name: str) -> list[str]:
    """Where an operator may put a secret: in the environment, or in the file."""
    variable = re.sub(r"[^A-Z0-9]", "_", f"OSTRAKON_PLATFORMS_{platform}_{name}".upper())
    return [f"{variable} in the environment, or", f'[platforms."{platform}"] {name} = "..." in ostrakon.toml']


def _from(module: str, name: str) -> Any:
    """A connector's class. Only what is connected is loaded."""
    return getattr(import_module(f"ostrakon.platforms.{module}"), name)


def _secret(connection: Connection, name: str) -> str:
    found: str = settings.CONFIGURATION.secret_of(connection.platform, name)
    if not found:
        raise NotReady(
            f"the configuration holds no {name} for the platform {connection.platform}: put it into [platforms."
            f'"{connection.platform}"] of ostrakon.toml, or into the environment, and start the service again'
        )
    return found


def _chosen(connection: Connection, *names: str) -> dict[str, Any]:
    """Options that somebody set."""
    return {name: connection.options[name] for name in names if name in connection.options}
