"""Where a network is, and as whom we act there."""

from __future__ import annotations

from dataclasses import dataclass, field

from ostrakon.platforms.contract import Mode


@dataclass(frozen=True)
class Connection:
    """One PDS with the Ozone that moderates it, and a moderator's account on that PDS."""

    pds_url: str
    ozone_url: str
    ozone_did: str
    identifier: str
    """The handle or DID of the account that acts: a member of Ozone's team with the role moderator, for Ostrakon alone,
    so that its events are told apart from those of people."""
    password: str = field(repr=False)
    """An app password is enough."""
    mode: Mode = Mode.READ_ONLY
    plc_url: str = "https://plc.directory"
    """The directory that says where an account lives."""
    limit_label: str = "!warn"
    """What ``limit`` puts on an account: apps that follow this labeler show a warning that can be clicked away."""
    name: str = "atproto"
    """Of the platform, in what we keep."""
