"""``ostrakon.toml`` as ``ostrakon init`` writes it: every setting, with what it is when nobody sets it."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Iterator
from pathlib import Path

from ostrakon.service.configuration import SECRETS, Configuration

HEAD = """\
# What an operator of Ostrakon may set. A line that begins with # shows what holds when nobody says otherwise.
# The environment goes before this file: OSTRAKON_PORT=8421. A name with _file at its end reads a secret from a file.
"""
TAIL = """
# Secrets of a platform that is connected (ostrakon platforms add), by its name, at the end of this file; which ones,
# ostrakon platforms check says. In the environment: OSTRAKON_PLATFORMS_NAME_TOKEN.
# [platforms.NAME]
#   token = "..."
"""


def template() -> str:
    """The file, in which nothing is set."""
    return HEAD + "".join(_entry(name, default, told) for name, default, told in settings()) + TAIL


def settings() -> Iterator[tuple[str, object, str]]:
    """(name, default, explanation or empty) of every setting, in their order."""
    told = dict(_explanations())
    blank = Configuration(home=Path())
    for name in told:
        if name not in ("home", SECRETS):
            yield name, getattr(blank, name), told[name]


def _entry(name: str, default: object, told: str) -> str:
    comment = "".join(f"# {line}\n" for line in textwrap.wrap(told.replace("``", ""), 110))
    return f"\n{comment}# {name} = {json.dumps(default)}\n"


def _explanations() -> Iterator[tuple[str, str]]:
    """Each field with the text that stands under it in the source."""
    (shape,) = ast.parse(inspect.getsource(Configuration)).body
    body = shape.body if isinstance(shape, ast.ClassDef) else []
    for field, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            yield field.target.id, _text(after)


def _text(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return " ".join(str(node.value.value).split())
    return ""
