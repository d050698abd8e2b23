"""A backup as a file: a tar archive whose first part, the manifest, says what the others are. Without Django."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO

from ostrakon.errors import UnreadableFile
from ostrakon.service.files import writing
from ostrakon.service.manifest import MOST_BYTES, NAME, Manifest, read_manifest

AT_ONCE = 1024 * 1024


def sha256(path: Path) -> str:
    """Of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack(out: BinaryIO, manifest: Manifest, parts: Mapping[str, Path]) -> None:
    """Write the manifest, then the parts that it names."""
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        content = manifest.written()
        tar.addfile(_entry(NAME, len(content)), BytesIO(content))
        for name, path in parts.items():
            with path.open("rb") as file:
                tar.addfile(_entry(name, path.stat().st_size), file)


def unpack(path: Path, folder: Path) -> Manifest:
    """Write the parts into a folder, under the names that the manifest gives them, and no others.

    Raises:
        UnreadableFile: it is no backup, or a part is missing, too many, or not what the manifest says.
    """
    try:
        with tarfile.open(path, mode="r:") as tar:
            manifest = read_manifest(_manifest(tar))
            missing = set(manifest.sha256)
            while member := tar.next():
                if member.name not in missing or not member.isfile():
                    raise UnreadableFile(f"{path}: there is a part in it that its manifest does not name")
                _write_part(path, folder / member.name, tar.extractfile(member), manifest.sha256[member.name])
                missing.discard(member.name)
    except (tarfile.TarError, OSError, EOFError) as problem:
        raise UnreadableFile(f"{path}: it cannot be read as a backup: {problem}") from problem
    if missing:
        raise UnreadableFile(f"{path}: it was cut off: {', '.join(sorted(missing))} is missing")
    return manifest


def _manifest(tar: tarfile.TarFile) -> bytes:
    first = tar.next()
    if first is None or first.name != NAME or not first.isfile() or first.size > MOST_BYTES:
        raise UnreadableFile("this is no backup: it does not begin with a manifest")
    content = tar.extractfile(first)
    return content.read() if content else b""


def _write_part(path: Path, target: Path, content: IO[bytes] | None, expected: str) -> None:
    digest = hashlib.sha256()
    with writing(target) as file:
        while content and (piece := content.read(AT_ONCE)):
            digest.update(piece)
            file.write(piece)
    if digest.hexdigest() != expected:
        raise UnreadableFile(f"{path}: {target.name} in it was changed or cut off: its sum is another")


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry
