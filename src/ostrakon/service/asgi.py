"""The application that uvicorn serves."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ostrakon.service.settings")
served_by_django = get_asgi_application()

# Models can be loaded once Django is set up.
from ostrakon.intake.grouping import Door  # noqa: E402
from ostrakon.web.bodies import with_bounded_bodies  # noqa: E402
from ostrakon.web.front import with_fast_door  # noqa: E402

application = with_bounded_bodies(with_fast_door(served_by_django, Door()))
