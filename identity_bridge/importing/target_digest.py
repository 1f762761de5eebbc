"""The digest of what the target holds of a range of users; see ``digests``.

PostgreSQL makes the lines and their digest itself and sends nothing but that. The others send
the rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, models

from identity_bridge.models import ImportedRecord, UndeclaredColumns

from .digests import LINE_TABLES, combined, lines_digest, record_line, undeclared_line
from .plan import canonical_json
from .records import CHILD_FIELDS, TARGET_TABLES, copy_line
from .target import CHILD_MODELS, KeyRange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .target import Target

_WITHOUT_ESCAPES = ("int", "bigint", "smallint", "uuid", "timestamp", "date")
_TAB = r" || E'\t' || "
#: What COPY writes in another way, both as inside E'': the backslash itself comes first.
_ESCAPES = ((r"\\", r"\\\\"), (r"\t", r"\\t"), (r"\n", r"\\n"), (r"\r", r"\\r"))
#: As ``digests.lines_digest``.
_DIGEST_OF_LINES = r"""
    sha256(convert_to(
        coalesce(string_agg(line, E'\n' ORDER BY line COLLATE "C"), ''), 'UTF8'))"""
#: The same of ``digests.record_line``.
_DIGEST_OF_RECORDS = r"""
    sha256(coalesce(string_agg(
        convert_to(key, 'UTF8') || '\x09'::bytea || fingerprint,
        '\x0a'::bytea ORDER BY key COLLATE "C"), ''::bytea))"""


class TargetDigest:
    """Makes digests of ranges of one target."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._on_server = target.vendor == "postgresql"

    def of(self, keys: Sequence[Any], *, users: int) -> bytes | None:
        """Return the digest of the users from the lowest to the highest of some keys.

        None where the target, in its own order of keys, has more or fewer than ``users`` there,
        or cannot say: the records have to be looked at one by one.
        """
        lowest, highest = min(keys), max(keys)
        target = self._target
        try:
            if not self._has(KeyRange("id", lowest, highest), users):
                return None
            of_users = KeyRange("user_id", lowest, highest)
            return combined(
                [
                    self._lines(
                        target.user_model, target.user_fields, KeyRange("id", lowest, highest)
                    ),
                    *(self._children(table, of_users) for table in CHILD_FIELDS),
                    self._records(keys),
                    self._undeclared(keys),
                ]
            )
        except DatabaseError:
            # Such as lines of more than a gigabyte. One by one says what is the matter.
            return None

    def _has(self, keys: KeyRange, users: int) -> bool:
        """Tell if a range holds so many users, without counting many more."""
        model = self._target.user_model
        condition, parameters = self._target.in_range(model, keys)
        table = self._target.connection.ops.quote_name(model._meta.db_table)
        with self._target.connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM (SELECT 1 AS one FROM {table} "  # noqa: S608
                f"WHERE {condition} LIMIT {users + 1}) AS found",
                parameters,
            )
            return bool(cursor.fetchone()[0] == users)

    def _children(self, table: str, keys: KeyRange) -> bytes:
        model, fields = CHILD_MODELS[table], CHILD_FIELDS[table]
        if table in LINE_TABLES:
            return self._lines(model, fields, keys)
        rows = self._target.select_range(model, fields, keys=keys)
        return lines_digest(copy_line(self._target.planned_passkey(row)) for row in rows)

    def _lines(self, model: type[models.Model], fields: Sequence[str], keys: KeyRange) -> bytes:
        if not self._on_server:
            rows = self._target.select_range(model, fields, keys=keys)
            return lines_digest(map(copy_line, rows))
        line = _TAB.join(self._as_in_copy(field) for field in self._target.fields(model, fields))
        condition, parameters = self._target.in_range(model, keys)
        return self._ask(_DIGEST_OF_LINES, model, f"({line}) AS line", condition, parameters)

    def _records(self, keys: Sequence[Any]) -> bytes:
        texts = [str(key) for key in keys]
        if not isinstance(keys[0], str):  # 10 is less than 9 as a text
            found = self._target.records("user", texts)
            return lines_digest(record_line(key, stored[0]) for key, stored in found.items())
        among = KeyRange("key", min(texts), max(texts), kind=("kind", "user"))
        if not self._on_server:
            rows = self._target.select_range(ImportedRecord, ["key", "fingerprint"], keys=among)
            return lines_digest(record_line(key, bytes(stored)) for key, stored in rows)
        condition, parameters = self._target.in_range(ImportedRecord, among)
        return self._ask(
            _DIGEST_OF_RECORDS, ImportedRecord, "key, fingerprint", condition, parameters
        )

    def _undeclared(self, keys: Sequence[Any]) -> bytes:
        if isinstance(keys[0], str):
            table = ("table", TARGET_TABLES["users"])
            among = KeyRange("key", min(keys), max(keys), kind=table)
            rows = self._target.select_range(UndeclaredColumns, ["key", "columns"], keys=among)
        else:
            rows = list(self._target.undeclared([str(key) for key in keys]).items())
        return lines_digest(undeclared_line(key, canonical_json(columns)) for key, columns in rows)

    def _ask(
        self,
        expression: str,
        model: type[models.Model],
        columns: str,
        condition: str,
        parameters: Sequence[Any],
    ) -> bytes:
        table = self._target.connection.ops.quote_name(model._meta.db_table)
        with self._target.connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {expression} FROM "  # noqa: S608
                f"(SELECT {columns} FROM {table} WHERE {condition}) AS found",
                parameters,
            )
            return bytes(cursor.fetchone()[0])

    def _as_in_copy(self, field: models.Field[Any, Any]) -> str:
        """Return SQL that gives a column as ``records.copy_text`` spells its values."""
        connection = self._target.connection
        column = connection.ops.quote_name(field.column or "")
        kind = field.rel_db_type(connection) if field.is_relation else field.db_type(connection)
        kind = kind or ""
        if kind == "boolean":
            return rf"CASE {column} WHEN true THEN 't' WHEN false THEN 'f' ELSE E'\\N' END"
        if kind == "bytea":
            text = rf"E'\\\\x' || encode({column}, 'hex')"
        elif kind.startswith("numeric"):
            text = f"trim_scale({column})::text"
        else:
            text = f"{column}::text"
            if not kind.startswith(_WITHOUT_ESCAPES):
                for character, escaped in _ESCAPES:
                    text = f"replace({text}, E'{character}', E'{escaped}')"
        return rf"coalesce({text}, E'\\N')"
