"""Read the users of an ASP.NET installation out of whatever holds them.

``open_source`` is the door: a database URL, a DATABASES alias, a SQLite file, or a folder of
CSV or JSON Lines files. Nothing here ever writes to a source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from identity_bridge.importing.sources.source import Source

__all__ = ["open_source"]


def open_source(
    spec: str,
    *,
    django_databases: Mapping[str, Mapping[str, Any]] | None = None,
    tables: Mapping[str, str] | None = None,
) -> Source:
    """Open a source, read only, and recognise what it holds; close it when done (``with``).

    ``spec`` is a URL (postgresql, mysql, mariadb, mssql, sqlserver, sqlite), an alias of
    ``django_databases``, the path of a SQLite file, or a folder of ``TABLE.csv``, ``.tsv`` or
    ``.jsonl`` files. ``tables`` names tables by hand where recognition finds several:
    logical name (``users``) -> ``table`` or ``schema.table``.

    :raises ImportSourceError: a subclass of it, see sources/errors.py.
    """
    # SQLAlchemy is imported when a source is opened, not before: layout.py stays pure, and
    # manage.py does not pay for it on every start.
    from identity_bridge.importing.sources.opening import open_spec

    return open_spec(spec, django_databases=django_databases or {}, tables=tables or {})
