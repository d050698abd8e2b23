"""Django's cache in our own database: the login counts failures in it, and every process must see the same count.

Django's database cache would keep Python objects that are run when they are read: a backup from a stranger could then
run anything. This one keeps JSON.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from ostrakon.web.models import Remembered

NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class DatabaseCache(BaseCache):
    """Values that JSON can hold, under a keyed hash of their key: keys may hold a name or an address."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep it if nothing is kept under this key. One of two who try at once succeeds."""
        Remembered.objects.filter(expires_at__lte=timezone.now()).delete()
        try:
            with transaction.atomic():
                self._row(key, value, timeout, version).save(force_insert=True)
        except IntegrityError:
            return False
        return True

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """What is kept, or the default."""
        found = Remembered.objects.filter(key=self._hash(key, version), expires_at__gt=timezone.now())
        return next(iter(found.values_list("value", flat=True)), default)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep it, in place of what was kept."""
        Remembered.objects.bulk_create(
            [self._row(key, value, timeout, version)],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["value", "expires_at"],
        )

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget it."""
        return Remembered.objects.filter(key=self._hash(key, version)).delete()[0] > 0

    def clear(self) -> None:
        """Forget everything."""
        Remembered.objects.all().delete()

    def _hash(self, key: Any, version: int | None) -> str:
        return salted_hmac(
            "ostrakon.web.cache", self.make_key(str(key), version=version), algorithm="sha256"
        ).hexdigest()

    def _row(self, key: Any, value: Any, timeout: Any, version: int | None) -> Remembered:
        lasts = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        expires_at = NEVER if lasts is None else timezone.now() + timedelta(seconds=lasts)
        return Remembered(key=self._hash(key, version), value=value, expires_at=expires_at)
