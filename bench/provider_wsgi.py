"""The application that the servers of ``bench.provider`` run."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
