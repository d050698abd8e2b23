"""From where somebody knocks: their address, believed only as far as our own proxies vouch for it, and never kept."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

NETWORK_OF_ONE_CUSTOMER = 64
"""Bits of an IPv6 address that providers give to one customer, who chooses the rest."""


def address_of(request: HttpRequest) -> str:
    """The address of who asks; empty when nobody knows.

    Each of our own proxies appends whom it heard to X-Forwarded-For: with n of them the n-th from the end is true, and
    what stands before it is what the caller claims.
    """
    proxies = settings.CONFIGURATION.trusted_proxies
    heard = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if 0 < proxies <= len(heard):
        return heard[-proxies]
    return str(request.META.get("REMOTE_ADDR") or "")


def pseudonym_of(request: HttpRequest) -> str:
    """The same for the same address (an IPv6 network counts as one), and nobody can turn it back without our key."""
    return salted_hmac("ostrakon.web.addresses", _one_customer(address_of(request))).hexdigest()


def _one_customer(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network(f"{parsed}/{NETWORK_OF_ONE_CUSTOMER}", strict=False))
