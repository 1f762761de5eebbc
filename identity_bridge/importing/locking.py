"""One import at a time into a database."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, InterfaceError, connections

from identity_bridge.exceptions import ImportTargetError


class _OnlyOne:
    """A lock in the target's server, so that two imports do not run into each other."""

    def __init__(self, using: str) -> None:
        self.connection = connections[using]

    def __enter__(self) -> None:
        vendor = self.connection.vendor
        if vendor == "postgresql":
            got = self._ask("SELECT pg_try_advisory_lock(hashtext('identity_bridge import'))")
        elif vendor == "mysql":
            got = self._ask("SELECT GET_LOCK(CONCAT(DATABASE(), '.identity_bridge'), 0)")
        else:
            return
        if not got:
            raise ImportTargetError(
                "Another import into this database is running. Wait for it, then run this again."
            )

    def __exit__(self, *exc_info: object) -> None:
        try:
            if self.connection.vendor == "postgresql":
                self._ask("SELECT pg_advisory_unlock(hashtext('identity_bridge import'))")
            elif self.connection.vendor == "mysql":
                self._ask("SELECT RELEASE_LOCK(CONCAT(DATABASE(), '.identity_bridge'))")
        except (DatabaseError, InterfaceError):
            return  # the connection is gone, and the lock with it

    def _ask(self, sql: str) -> Any:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            row = cursor.fetchone()
        return row[0] if row else None


def only_one_import(using: str) -> _OnlyOne:
    """Hold the lock of imports into a database.

    :raises ImportTargetError: another import holds it.
    """
    return _OnlyOne(using)
