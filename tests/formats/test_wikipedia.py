"""The two public sets, on rows of our own invention."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ostrakon.analysis.returners import find_returners
from ostrakon.errors import NoSuchColumn, UnreadableFile
from ostrakon.formats.wikipedia import read_evasion_pairs, read_investigation

PAIRS = """parent-username,parent-id,parent-creation-time,parent-block-time,child-username,child-id,child-creation-time
Quokka Poet,1,2003-02-08 19:33:51,2004-06-10 19:19:17,Quokka Poet II,2,2004-09-21 19:26:30
0007,3,2004-01-01 00:00:00,2004-10-28 02:43:32,Zebrafish,4,2005-03-28 01:29:26
"""
CONTRIBUTIONS = """timestamp,revid,parentid,sock,user,page,message
2007-08-05T15:43:26+00:00,10,9,1,Quokka Poet,Talk:Quokka,"hello, you"
2007-08-04T15:43:26+00:00,9,8,1,Quokka Poet,Quokka,
2007-08-06T10:00:00+00:00,11,10,0,Alice,Quokka,Undid revision 10 by [[Special:Contributions/Quokka Poet|Quokka Poet]]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pairs.csv").write_text(PAIRS, encoding="utf-8")
    (tmp_path / "socks.csv").write_text(CONTRIBUTIONS, encoding="utf-8")
    return tmp_path


def test_pairs_become_suspended_and_new_accounts(folder: Path) -> None:
    pairs = read_evasion_pairs(folder / "pairs.csv")
    assert pairs.suspended["account"].to_list() == ["Quokka Poet", "0007"]
    assert pairs.suspended["suspended_at"][0] == datetime(2004, 6, 10, 19, 19, 17, tzinfo=UTC)
    assert pairs.new["created_at"][1] == datetime(2005, 3, 28, 1, 29, 26, tzinfo=UTC)
    assert pairs.truth.rows() == [("Quokka Poet II", "Quokka Poet"), ("Zebrafish", "0007")]


def test_what_is_read_can_be_searched(folder: Path) -> None:
    pairs = read_evasion_pairs(folder / "pairs.csv")
    assert find_returners(pairs.suspended, pairs.new).counts["new"] == 2


def test_an_investigation_has_accounts_with_their_first_contribution(folder: Path) -> None:
    found = read_investigation(folder / "socks.csv").accounts
    assert found.select("account", "is_sock").rows() == [("Quokka Poet", True), ("Alice", False)]
    assert found["created_at"][0] == datetime(2007, 8, 4, 15, 43, 26, tzinfo=UTC)


def test_who_undoes_an_edit_is_no_friend_of_its_author(folder: Path) -> None:
    edges = set(read_investigation(folder / "socks.csv").follows.rows())
    assert ("Quokka Poet", "page:Quokka", "follow") in edges
    assert ("Alice", "Quokka Poet", "revert") in edges
    assert ("Alice", "page:Quokka", "revert") in edges


def test_another_file_is_refused_by_the_name_of_the_column(folder: Path) -> None:
    with pytest.raises(NoSuchColumn, match="parent-username"):
        read_evasion_pairs(folder / "socks.csv")


def test_a_file_that_is_not_there_is_said_so(folder: Path) -> None:
    with pytest.raises(UnreadableFile, match="nothing"):
        read_investigation(folder / "nothing.csv")
