"""Adopt a database that ASP.NET Core Identity wrote: compare it with the models, in place.

``schema``, ``findings``, ``comparison`` and ``statements`` are pure; ``expected`` asks the models,
``reading`` and ``anomalies`` the database. The adoption itself is ``migrate --fake-initial``.
"""

from __future__ import annotations
