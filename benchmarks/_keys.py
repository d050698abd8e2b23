"""Keys to a service that was just set up: of a source that reports, and of a person who reads the queue.

python benchmarks/_keys.py, with OSTRAKON_HOME and DATABASE_URL as for the service; prints them as JSON.
"""

from __future__ import annotations

import json

from ostrakon.service.begin import begin


def main() -> None:
    """The first administrator gives the source its key; Bram leads, and makes his own."""
    begin()
    from django.utils import timezone

    from ostrakon.casework.models import Grant, Person, Role
    from ostrakon.intake.models import Source
    from ostrakon.web.tokens import OF_A_SOURCE, Scope, make_own_token, make_source_token

    now = timezone.now()
    administrator = Person.objects.get(grants__role=Role.ADMINISTRATOR)
    source = Source.objects.create(name="the platform itself")
    of_source = make_source_token(
        administrator, source, name="reports", scopes=OF_A_SOURCE, expires_at=None, now=now
    )
    bram = Person.objects.create_user("bram")
    Grant.objects.create(person=bram, role=Role.SAFETY_LEAD, granted_at=now)
    of_bram = make_own_token(bram, name="queue", scopes=[Scope.CASES_READ], expires_at=None, now=now)
    print(json.dumps({"source": of_source.key, "person": of_bram.key}))


if __name__ == "__main__":
    main()
