"""Find out what a source is from what the operator typed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from identity_bridge.importing.sources import servers
from identity_bridge.importing.sources.errors import (
    SourceNotFound,
    SourceNotUnderstood,
)
from identity_bridge.importing.sources.naming import mask
from identity_bridge.importing.sources.session import Session, translated
from identity_bridge.importing.sources.source import Source
from identity_bridge.importing.sources.sqlite_file import SqliteFile
from identity_bridge.importing.sources.staging import stage_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGINES = {
    "django.db.backends.postgresql": "postgresql",
    "django.contrib.gis.db.backends.postgis": "postgresql",
    "django.db.backends.mysql": "mysql",
    "mssql": "mssql",
}
"""Django's ENGINE -> scheme."""


def open_spec(
    spec: str,
    *,
    django_databases: Mapping[str, Mapping[str, Any]],
    tables: Mapping[str, str],
) -> Source:
    """Open what ``spec`` names; see ``open_source``."""
    if spec in django_databases:
        return _open_alias(spec, django_databases[spec], tables)
    if "://" in spec:
        return _open_url(spec, tables)
    path = Path(spec).expanduser()
    if _is_folder(path):
        staged = stage_folder(path)
        try:
            return _open_file(staged.path, tables, name=str(path), on_close=staged.remove)
        except BaseException:
            staged.remove()
            raise
    if not path.exists():
        aliases = ", ".join(sorted(django_databases)) or "none"
        raise SourceNotFound(
            f"{mask(spec)} does not exist. Expected a database URL, a DATABASES alias (there "
            f"are: {aliases}), a SQLite file, or a folder of CSV or JSON Lines files."
        )
    return _open_file(path, tables, name=str(path))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError as error:
        raise SourceNotFound(f"{path} cannot be looked at: {error.strerror}.") from error


def _open_url(spec: str, tables: Mapping[str, str]) -> Source:
    try:
        url = sa.make_url(spec)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise SourceNotUnderstood(
            f"{mask(spec)} is not a database URL. Expected something like "
            "postgresql://user:password@host:5432/database; characters like @ : / # in a "
            "password are written as %40 %3A %2F %23."
        ) from error
    if url.drivername.partition("+")[0] in ("sqlite", "sqlite3"):
        return _open_sqlite_path(url.database or "", tables)
    return _open_server(servers.server_url(url), tables)


def _open_alias(alias: str, settings: Mapping[str, Any], tables: Mapping[str, str]) -> Source:
    engine = settings.get("ENGINE", "")
    if engine == "django.db.backends.sqlite3":
        return _open_sqlite_path(str(settings["NAME"]), tables)
    if engine not in ENGINES:
        raise SourceNotUnderstood(
            f"DATABASES[{alias!r}] has the ENGINE {engine!r}. Expected one of "
            f"{', '.join([*ENGINES, 'django.db.backends.sqlite3'])}."
        )
    scheme = ENGINES[engine]
    options = settings.get("OPTIONS") or {}
    query = {
        name: value
        for name, value in options.items()
        if scheme == "postgresql" and isinstance(value, str) and name != "pool"
    }
    host = settings.get("HOST") or None
    if host and host.startswith("/"):
        # A folder of sockets cannot stand in the host part of a URL.
        query["host" if scheme == "postgresql" else "unix_socket"] = host
        host = None
    port = settings.get("PORT") or None
    url = sa.URL.create(
        scheme,
        username=settings.get("USER") or None,
        password=settings.get("PASSWORD") or None,
        host=host,
        port=int(port) if port else None,
        database=str(settings.get("NAME") or ""),
        query=query,
    )
    return _open_server(servers.server_url(url), tables)


def _open_sqlite_path(database: str, tables: Mapping[str, str]) -> Source:
    path = Path(database)
    if not database or not path.exists():
        raise SourceNotFound(
            f"the SQLite file {database!r} does not exist. Expected sqlite:///relative/path or "
            "sqlite:////absolute/path of a database file."
        )
    return _open_file(path, tables, name=str(path))


def _open_file(path: Path, tables: Mapping[str, str], *, name: str, on_close: Any = None) -> Source:
    file = SqliteFile(path)
    connection = translated(name, lambda: file.engine().connect())
    session = Session(connection, name=name, check=file.check_unchanged, on_close=on_close)
    try:
        translated(name, lambda: connection.exec_driver_sql("BEGIN"))
    except BaseException:
        session.close()
        raise
    return Source.open(session, chosen=tables)


def _open_server(url: sa.URL, tables: Mapping[str, str]) -> Source:
    session = Session(servers.connect(url), name=servers.display_name(url))
    return Source.open(session, chosen=tables)
