"""How accounts show themselves and whose company they keep: what is special to each platform, beside the contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice, product

import httpx
import pytest
from tests.platforms import synapse_stub as synapse
from tests.platforms.atproto_stub import Network, did
from tests.platforms.loopback import Loopback
from tests.platforms.mastodon_stub import MastodonStub

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.contract import MOST_COMPANY, AccountRef
from ostrakon.platforms.mastodon.connector import MastodonPlatform
from ostrakon.platforms.mastodon.profiles import plain

# atproto


@pytest.fixture
def network() -> Network:
    return Network()


def friends(count: int) -> list[str]:
    """So many DIDs, which hold letters alone."""
    names = map("".join, product("bcdefghijklm", repeat=3))
    return [did(f"friend{name}") for name in islice(names, count)]


def test_follows_of_atproto_are_read_in_pages(network: Network) -> None:
    chidi = network.account("chidi")
    whom = friends(250)
    for friend in whom:
        network.follow(chidi, friend)
    found = network.platform().profile(chidi)
    assert found is not None
    assert sorted(found.follows) == sorted(whom)


def test_no_more_follows_are_read_than_are_kept(network: Network) -> None:
    chidi = network.account("chidi")
    for friend in friends(MOST_COMPANY + 150):
        network.follow(chidi, friend)
    found = network.platform().profile(chidi)
    assert found is not None
    assert len(found.follows) == MOST_COMPANY
    assert sum(method.endswith("listRecords") for method, _ in network.asked) == MOST_COMPANY // 100


def test_a_record_that_is_no_follow_is_passed_over(network: Network) -> None:
    chidi = network.account("chidi")
    for subject in (7, None, "https://elsewhere.example", {"did": did("alice")}, did("alice")):
        network.follow(chidi, subject)
    found = network.platform().profile(chidi)
    assert found is not None
    assert found.follows == [did("alice")]


def test_the_directory_says_when_an_account_was_made_and_not_its_owner(network: Network) -> None:
    chidi = network.account("chidi")
    network.documents[f"{chidi.id}/log/audit"] = httpx.Response(
        200, json=[{"createdAt": "2026-11-01T10:00:00.000Z"}, {"createdAt": "2026-11-20T10:00:00.000Z"}]
    )
    network.records[f"at://{chidi.id}/app.bsky.actor.profile/self"] = {
        "value": {"displayName": "Chidi", "description": "Bakes.", "createdAt": "2019-01-01T00:00:00Z"}
    }
    found = network.platform().profile(chidi)
    assert found is not None
    assert found.created_at == datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert (found.display_name, found.bio) == ("Chidi", "Bakes.")


def test_a_profile_whose_words_are_no_text_has_none(network: Network) -> None:
    chidi = network.account("chidi")
    network.records[f"at://{chidi.id}/app.bsky.actor.profile/self"] = {"value": {"displayName": ["x"]}}
    found = network.platform().profile(chidi)
    assert found is not None
    assert (found.display_name, found.bio, found.created_at) == (None, None, None)


def test_of_an_account_that_was_taken_down_nothing_is_asked_that_its_server_does_not_show(
    network: Network,
) -> None:
    chidi = network.account("chidi", status="takendown")
    network.follow(chidi, did("alice"))
    found = network.platform().profile(chidi)
    assert found is not None
    assert (found.display_name, found.bio, found.follows) == (None, None, ())
    assert not any(method.startswith("com.atproto.repo.") for method, _ in network.asked)


# Matrix


@pytest.fixture
def server() -> synapse.Synapse:
    return synapse.Synapse()


def test_rooms_of_matrix_are_told_as_rooms(server: synapse.Synapse) -> None:
    server.rooms = {"!b:example.org": {synapse.CHIDI}, "!a:example.org": {synapse.CHIDI, synapse.OURS}}
    found = server.connect().profile(AccountRef("matrix", synapse.CHIDI))
    assert found is not None
    assert (found.follows, found.rooms) == ((), ["!a:example.org", "!b:example.org"])


@pytest.mark.parametrize(
    ("told", "meant"), [(1_795_305_600, datetime(2026, 11, 22, tzinfo=UTC)), (0, None), ("soon", None)]
)
def test_an_account_of_matrix_was_made_at_a_time_in_seconds(
    server: synapse.Synapse, told: object, meant: datetime | None
) -> None:
    server.users[synapse.CHIDI]["creation_ts"] = told
    found = server.connect().profile(AccountRef("matrix", synapse.CHIDI))
    assert found is not None
    assert found.created_at == meant


def test_nobody_is_asked_about_an_account_of_another_server(server: synapse.Synapse) -> None:
    matrix = server.connect()
    assert matrix.profile(AccountRef("matrix", "@stranger:elsewhere.example")) is None
    assert not any("elsewhere" in str(request.url) for request in server.asked)


# Mastodon


@pytest.fixture
def stub() -> MastodonStub:
    return MastodonStub()


@pytest.fixture
def mastodon(stub: MastodonStub) -> Iterator[MastodonPlatform]:
    with Loopback(stub.answer) as there:
        connected = MastodonPlatform(there.url, "staff-token-9f2c")
        yield connected
        connected.close()


def test_follows_of_mastodon_are_read_by_the_pages_that_it_names(
    stub: MastodonStub, mastodon: MastodonPlatform
) -> None:
    """Pages go by the number of the relation; the numbers of accounts would skip or repeat some."""
    chidi = stub.register("chidi")
    whom = [stub.register(f"friend{number}").id for number in range(200)]
    for friend in reversed(whom):
        stub.follow(chidi.id, friend)
    found = mastodon.profile(AccountRef("mastodon", str(chidi.id)))
    assert found is not None
    assert sorted(map(int, found.follows)) == whom


def test_mastodon_tells_nobody_whom_a_suspended_account_follows(
    stub: MastodonStub, mastodon: MastodonPlatform
) -> None:
    chidi, alice = stub.register("chidi"), stub.register("alice")
    stub.follow(chidi.id, alice.id)
    chidi.flags.add("suspended")
    found = mastodon.profile(AccountRef("mastodon", str(chidi.id)))
    assert found is not None
    assert found.follows == []


@pytest.mark.parametrize(("left", "is_read"), [("150", True), ("149", False), ("", True)])
def test_half_of_the_calls_of_mastodon_are_left_to_reports_and_actions(left: str, is_read: bool) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/following"):
            return httpx.Response(200, json=[{"id": "8"}], headers={"X-RateLimit-Remaining": left})
        shown = {"id": "7", "username": "chidi", "domain": None, "account": {}}
        return httpx.Response(200, json=shown)

    there = MastodonPlatform("https://m.example", "t", transport=httpx.MockTransport(answer))
    if is_read:
        found = there.profile(AccountRef("mastodon", "7"))
        assert found is not None
        assert found.follows == ["8"]
    else:
        with pytest.raises(PlatformUnreadable) as refused:
            there.profile(AccountRef("mastodon", "7"))
        assert refused.value.wait_s == 60.0


def test_a_token_that_may_not_read_follows_halts_nothing(
    stub: MastodonStub, mastodon: MastodonPlatform
) -> None:
    chidi = stub.register("chidi")
    token = stub.tokens["staff-token-9f2c"]
    stub.tokens["staff-token-9f2c"] = type(token)(token.owner, token.scopes - {"read:accounts"})
    found = mastodon.profile(AccountRef("mastodon", str(chidi.id)))
    assert found is not None
    assert found.follows == []


@pytest.mark.parametrize(
    ("note", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("a<br>b &lt;3 <b>c</b>", "a\nb <3 c"),
        ("1 < 2", "1 < 2"),
    ],
)
def test_a_note_of_mastodon_is_read_without_its_markup(note: str, text: str) -> None:
    assert plain(note) == text


def test_a_list_that_is_none_is_unreadable(stub: MastodonStub) -> None:
    chidi = stub.register("chidi")
    stub.follow(chidi.id, chidi.id)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/following"):
            return httpx.Response(200, json=[{"id": "not a number"}])
        shown = {"id": "7", "username": "chidi", "domain": None, "account": {}}
        return httpx.Response(200, json=shown)

    there = MastodonPlatform("https://m.example", "t", transport=httpx.MockTransport(answer))
    with pytest.raises(PlatformUnreadable):
        there.profile(AccountRef("mastodon", "7"))
