"""The whole story on a real Synapse and on a real atproto network: each step is asserted on their own interfaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from tests.platforms.atproto_harness import reached
from tests.platforms.atproto_network import Answer, is_down
from tests.platforms.proxy import FaultProxy
from tests.platforms.story import Place, Story
from tests.platforms.synapse_harness import WORDS, Server, SynapseHarness

from ostrakon.enforcement.connecting import Asked

pytestmark = [pytest.mark.platform, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def matrix() -> Iterator[Place]:
    """Reports of Synapse have no category: the connection says what they are about."""
    server = Server("story")
    try:
        with FaultProxy(server.ready["base_url"], words=WORDS) as proxy:
            yield Place(
                SynapseHarness(server, proxy),
                Asked("matrix.test", "matrix", proxy.url, {"policies": {"": "spam"}}),
                "token",
                server.ready["admin_token"],
                lambda account: bool(server.admin("GET", f"v2/users/{quote(account.id)}")["suspended"]),
            )
    finally:
        server.stop()


@pytest.fixture
def atproto(network: Answer) -> Iterator[Place]:
    staff = network["staff"]["moderator2"]
    with reached(network) as harness:
        options = {
            "ozone_url": harness.ozone.url,
            "ozone_did": network["ozone_did"],
            "plc_url": network["plc_url"],
            "identifier": staff["handle"],
            "policies": {"com.atproto.moderation.defs#reasonSpam": "spam"},
        }
        yield Place(
            harness,
            Asked("atproto.test", "atproto", harness.pds.url, options),
            "password",
            staff["password"],
            lambda account: is_down(network, account.id),
        )


def test_the_whole_story_on_matrix(matrix: Place, settings: Any) -> None:
    Story(matrix).tell(settings)


def test_the_whole_story_on_atproto(atproto: Place, settings: Any) -> None:
    Story(atproto).tell(settings)
