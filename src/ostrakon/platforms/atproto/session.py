"""Signed in as a moderator: requests to the PDS, to Ozone and to the directory, and the tokens for them.

Ozone is asked directly, with a token that the PDS signs for one method (``getServiceAuth``): half the cost of going
through the PDS for each call. Ozone's administrator password is never used: whoever has it may name anybody as the
author of an event.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import httpx

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.atproto.connection import Connection
from ostrakon.platforms.atproto.replies import about_the_token, is_expired, message_of, read, unreadable
from ostrakon.platforms.contract import Exchange
from ostrakon.platforms.wire import READ_S, Reply, Wire, at

SERVICE_TOKEN_S = 40.0
"""A PDS signs for 60 s when no other time is asked for (0.5.35). None is asked for, so that clocks need not agree."""
KEPT_EXCHANGES = 20
"""More than one command needs."""
KEPT_TOKENS = 20
"""Tokens that are still kept out of exchanges."""
Parameters = Mapping[str, str | int | Sequence[str]]


@dataclass(frozen=True)
class _SignedIn:
    did: str
    access: str
    refresh: str


class Session:
    """One moderator's session. Used by one thread at a time."""

    def __init__(
        self, connection: Connection, *, read_s: float = READ_S, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.connection = connection
        secrets = self._passwords = _as_written(connection.password)
        self._pds = Wire(connection.pds_url, secrets=secrets, read_s=read_s, transport=transport)
        self._ozone = Wire(connection.ozone_url, secrets=secrets, read_s=read_s, transport=transport)
        self._directory = Wire(connection.plc_url, read_s=read_s, transport=transport)
        self._signed_in: _SignedIn | None = None
        self._service_tokens: dict[str, tuple[str, float]] = {}
        self.trail: deque[Exchange] = deque(maxlen=KEPT_EXCHANGES)
        """What was asked last, without the signing in; whoever wants to know what one command took empties it first."""

    @property
    def is_signed_in(self) -> bool:
        """Let in by the PDS the last time that it was tried."""
        return self._signed_in is not None

    def did(self) -> str:
        """As whom we act.

        Raises:
            PlatformUnreadable: we are not let in, which halts, or the PDS does not answer.
        """
        return (self._signed_in or self._sign_in()).did

    def pds(self, method: str, **params: str) -> Reply:
        """A public question to the PDS. Never raises."""
        return self._kept(self._pds.ask("GET", f"/xrpc/{method}", params=params), method, params)

    def ozone_openly(self, method: str, params: Parameters | None = None) -> Reply:
        """A public question to Ozone. Never raises."""
        return self._kept(self._ozone.ask("GET", f"/xrpc/{method}", params=params), method, params)

    def directory(self, did: str, about: str = "") -> Reply:
        """What the directory knows of a DID; ``log/audit``: its history. Never raises."""
        path = at("/{}", did) + (f"/{about}" if about else "")
        return self._kept(self._directory.ask("GET", path), path[1:], None)

    def ozone(self, method: str, params: Parameters | None = None, body: Any = None) -> Reply:
        """A question to Ozone, or with a body an order. An expired token is renewed once.

        Raises:
            PlatformUnreadable: no token was to be had, so nothing was asked of Ozone.
        """
        reply = self._ask_ozone(method, params, body)
        if is_expired(reply):
            self._service_tokens.pop(method, None)
            reply = self._ask_ozone(method, params, body)
        return reply

    def close(self) -> None:
        """Let go of connections."""
        for wire in (self._pds, self._ozone, self._directory):
            wire.close()

    # -- tokens ------------------------------------------------------------------------------------

    def _ask_ozone(self, method: str, params: Parameters | None, body: Any) -> Reply:
        token = self._service_token(method)
        verb = "GET" if body is None else "POST"
        reply = self._ozone.ask(verb, f"/xrpc/{method}", params=params, body=body, headers=_bearer(token))
        return self._kept(reply, method, params)

    def _service_token(self, method: str) -> str:
        token, until = self._service_tokens.get(method, ("", 0.0))
        if time.monotonic() < until:
            return token
        asked_at = time.monotonic()
        token = self._signed_for(method)
        self._service_tokens[method] = token, asked_at + SERVICE_TOKEN_S
        return token

    def _signed_for(self, method: str) -> str:
        reply = self._ask_for_token(method, self._signed_in or self._sign_in())
        if about_the_token(reply):
            reply = self._ask_for_token(method, self._renew())
        token = read(reply).get("token")
        if not isinstance(token, str) or not token:
            raise PlatformUnreadable("the PDS signs no token")
        return self._secret(token)

    def _ask_for_token(self, method: str, who: _SignedIn) -> Reply:
        params = {"aud": self.connection.ozone_did, "lxm": method}
        return self._pds.ask(
            "GET", "/xrpc/com.atproto.server.getServiceAuth", params=params, headers=_bearer(who.access)
        )

    def _renew(self) -> _SignedIn:
        """Once: by the refresh token, and if that is too old as well, by the password."""
        assert self._signed_in is not None
        reply = self._pds.ask(
            "POST",
            "/xrpc/com.atproto.server.refreshSession",
            headers=_bearer(self._signed_in.refresh),
        )
        if about_the_token(reply):
            return self._sign_in()
        return self._remember(reply)

    def _sign_in(self) -> _SignedIn:
        body = {"identifier": self.connection.identifier, "password": self.connection.password}
        self._signed_in = None
        return self._remember(self._pds.ask("POST", "/xrpc/com.atproto.server.createSession", body=body))

    def _remember(self, reply: Reply) -> _SignedIn:
        if about_the_token(reply):
            raise PlatformUnreadable(f"the PDS does not let us in: {message_of(reply)}", halts=True)
        fields = read(reply)
        try:
            tokens = str(fields["accessJwt"]), str(fields["refreshJwt"])
            self._signed_in = _SignedIn(str(fields["did"]), *map(self._secret, tokens))
        except KeyError:
            raise unreadable(reply) from None
        return self._signed_in

    def _secret(self, token: str) -> str:
        """Never to be seen in an exchange; only the last few are kept in mind."""
        for wire in (self._pds, self._ozone):
            wire.secrets = [*self._passwords, *wire.secrets[len(self._passwords) :][-KEPT_TOKENS:], token]
        return token

    def _kept(self, reply: Reply, asked: str, params: Parameters | None) -> Reply:
        address = f"{asked}?{urlencode(params, doseq=True)}" if params else asked
        self.trail.append(replace(reply.exchange, address=address))
        return reply


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _as_written(password: str) -> list[str]:
    """A password as it may stand in JSON, ours or theirs.

    >>> _as_written('p"ä')
    ['p"ä', 'p\\\\"ä', 'p\\\\"\\\\u00e4']
    """
    return [
        password,
        json.dumps(password, ensure_ascii=False)[1:-1],
        json.dumps(password)[1:-1],
    ]
