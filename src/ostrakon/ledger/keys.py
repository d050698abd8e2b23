"""The key with which the service signs the record: Ed25519, in PEM files. Without Django."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from ostrakon.errors import UnreadableFile


def make_key(path: Path) -> Ed25519PrivateKey:
    """A new key, written to ``path`` for its owner only, and its public half beside it (`public_path`).

    Raises:
        FileExistsError: there is one already; a key is never written over.
    """
    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write_new(path, secret, mode=0o600)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _write_new(public_path(path), public, mode=0o644)
    return key


def public_path(path: Path) -> Path:
    """Where the public half of a key lies: ``ledger.pub`` beside ``ledger.key``."""
    return path.with_suffix(".pub")


def load_key(path: Path) -> Ed25519PrivateKey:
    """The key of the service.

    Raises:
        UnreadableFile: missing, not PEM, or not an Ed25519 key. Never shows what it holds.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise UnreadableFile(f"{path}: no key to sign the record with; `ostrakon init` makes it") from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise UnreadableFile(f"{path}: the record is signed with an Ed25519 key, and this is another kind")
    return key


def load_public_key(path: Path) -> Ed25519PublicKey:
    """The public half, with which anybody checks what the service signed.

    Raises:
        UnreadableFile: missing, not PEM, or not an Ed25519 public key.
    """
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise UnreadableFile(
            f"{path}: no public key in PEM; it is the file ledger.pub of the service"
        ) from problem
    if not isinstance(key, Ed25519PublicKey):
        raise UnreadableFile(f"{path}: the record is signed with an Ed25519 key, and this is another kind")
    return key


def public_keys(path: Path) -> list[Ed25519PublicKey]:
    """With which the service has signed: the public half of its key, and of earlier ones, ``ledger.ANYTHING.pub``.

    Raises:
        UnreadableFile: one of them is none.
    """
    earlier = sorted(path.parent.glob(f"{path.stem}.*.pub"))
    return [load_public_key(each) for each in (public_path(path), *earlier)]


def retire(path: Path) -> None:
    """Keep the public half of a key that signs no more: what it has signed is still checked with it."""
    of_it = public_path(path)
    of_it.rename(of_it.with_name(f"{path.stem}.{fingerprint(load_public_key(of_it))[:16]}.pub"))


def fingerprint(key: Ed25519PublicKey) -> str:
    """What a checkpoint calls the key: SHA-256 of its 32 bytes, in hexadecimal."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def _write_new(path: Path, content: bytes, *, mode: int) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:  # noqa: PTH123
        os.fchmod(file.fileno(), mode)  # whatever the umask: others check with the public half
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
