"""Look through a source and say what an import of it will meet. Nothing is written anywhere.

Everything is counted batch by batch, so memory does not grow with the source; lists that a
hostile or odd source could make long are cut, and say so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from identity_bridge.aspnet import (
    claim_types,
    membership_hash,
    normalization,
    one_time_codes,
    password_hash,
    recovery_codes,
)
from identity_bridge.exceptions import IdentityBridgeError
from identity_bridge.importing import conversion
from identity_bridge.importing.inspection_result import Finding, Inspection
from identity_bridge.importing.layout import Generation
from identity_bridge.importing.sources.columns import (
    CHILD_COLUMNS,
    CHILD_ORDER,
    USER_COLUMNS,
)

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable

    from identity_bridge.importing.sources.source import Source

BATCH = 5_000
MOST_KINDS = 500
"""Different claim types, providers … counted by themselves; the rest is one line."""
OTHERS = "(others)"

USER_STORE = "[AspNetUserStore]"
PRIVILEGED = re.compile(
    r"(super|global|system|sys|site|tenant|host|domain|master)?(admin(istrator)?|user)s?|root|owners?"
)
ROLE_CLAIMS = {claim_types.ROLE, "role", "roles"}
FLAGS = (
    "email_confirmed",
    "phone_number_confirmed",
    "two_factor_enabled",
    "lockout_enabled",
)
_AT = {name: index for index, name in enumerate(USER_COLUMNS)}


def is_privileged(role: str | None) -> bool:
    """Whether a role's name promises power: Administrators, SuperUser, sys-admin …"""
    name = re.sub(r"[\W_]", "", (role or "").casefold())
    return name not in ("user", "users") and PRIVILEGED.fullmatch(name) is not None


def inspect(source: Source, *, batch_size: int = BATCH) -> Inspection:
    """Read the whole source once.

    :raises ImportSourceError: it cannot be read to its end.
    """
    return _Inspector(source).run(batch_size)


class _Inspector:
    """One look through one source."""

    def __init__(self, source: Source) -> None:
        layout = source.layout
        self.source = source
        self.membership = layout.generation is Generation.MEMBERSHIP
        self.has_offsets = (
            source.dialect == "sqlite"
            and not {"lockout_end_date_utc"} & layout.user_table.columns.keys()
        )
        self.found = Inspection(
            source=source.name,
            dialect=layout.dialect,
            generation=layout.generation.value,
            spelling=layout.spelling,
            key_type=layout.key_type,
            case_insensitive_keys=source.case_insensitive_keys,
            warnings=list(layout.warnings),
            tables=_tables(source),
            custom_columns=_custom_columns(source),
        )
        self.privileged_roles: dict[Any, str] = {}
        self.role_ids: set[Any] = set()

    def run(self, batch_size: int) -> Inspection:
        self._roles(batch_size)
        after, more = None, True
        while more:
            batch = self.source.read_users(after=after, limit=batch_size)
            up_to = batch.last_key if batch.more else None
            self._users(batch.rows)
            self._children({self._fold(row[0]) for row in batch.rows}, after, up_to)
            after, more = batch.last_key, batch.more
        for logical, code in (
            ("users", "duplicate_normalized_user_name"),
            ("roles", "duplicate_normalized_role_name"),
        ):
            for name, count in self.source.duplicates(logical, limit=MOST_KINDS):
                self._note(code, name, count)
        return self.found

    def _fold(self, key: Any) -> Any:
        folds = self.found.case_insensitive_keys and isinstance(key, str)
        return key.casefold().rstrip(" ") if folds else key

    def _note(self, code: str, key: object, count: int = 1) -> None:
        self.found.anomalies.setdefault(code, Finding()).add(key, count)

    def _roles(self, batch_size: int) -> None:
        after, more = None, True
        while more:
            batch = self.source.read_roles(after=after, limit=batch_size)
            for row in batch.rows:
                role_id, name = row[:2]
                self.role_ids.add(self._fold(role_id))
                if not (name or "").strip():
                    self._note("role_without_name", role_id)
                if is_privileged(name):
                    self.privileged_roles[self._fold(role_id)] = name
                    self.found.privileged_roles[name] += 0
            up_to = batch.last_key if batch.more else None
            owner = CHILD_COLUMNS["role_claims"].index("role_id")
            for row in self.source.read_children("role_claims", after=after, up_to=up_to):
                _count(self.found.role_claim_types, row[2])
                if self._fold(row[owner]) not in self.role_ids:
                    self._note("orphan_role_claim", row[owner])
            after, more = batch.last_key, batch.more

    def _users(self, rows: list[tuple[Any, ...]]) -> None:
        hashes, factors = self.found.password_hashes, self.found.second_factors
        describe = membership_hash.describe if self.membership else password_hash.describe
        for row in rows:
            key, username, normalized = row[0], row[1], row[2]
            if key is None or key == "":
                self._note("empty_id", key)
            self._name(key, username, normalized)
            if row[_AT["password"]] is None:
                hashes["(none)"] += 1
            else:
                described = describe(row[_AT["password"]])
                _count(hashes, described.kind)
                if described.reason is not None:
                    self._note(described.reason, key)
            if row[_AT["security_stamp"]] is None and not _predates_stamps(self.found.generation):
                self._note("null_security_stamp", key)
            self._values(key, row)
            if row[_AT["two_factor_enabled"]] in (True, 1, b"\x01", "true", "t"):
                factors["two_factor_enabled"] += 1

    def _name(self, key: object, username: str | None, normalized: str | None) -> None:
        if username is None:
            self._note("user_name_null", key)
            return
        if not username.strip():
            self._note("empty_user_name", key)
        if normalized is None:
            return
        try:
            if normalization.normalize_name(username) != normalized:
                self._note("normalized_mismatch", key)
        except (IdentityBridgeError, ValueError):
            self._note("name_not_normalizable", key)

    def _values(self, key: object, row: tuple[Any, ...]) -> None:
        def note(code: str, message: str) -> None:
            self._note(code, key)

        for name in FLAGS:
            value = row[_AT[name]]
            if value.__class__ is str:
                conversion.to_bool(value, column=name, default=False, note=note)
        count = row[_AT["access_failed_count"]]
        if count.__class__ is str:
            conversion.to_int(count, column="AccessFailedCount", default=0, note=note)
        end = row[_AT["lockout_end"]] or row[_AT["lockout_end_date_utc"]]
        if end is not None:
            conversion.to_lockout_end(end, has_offsets=self.has_offsets, note=note)

    def _children(self, users: set[Any], after: Any, up_to: Any) -> None:
        privileged: set[Any] = set()
        for logical, columns in CHILD_COLUMNS.items():
            if CHILD_ORDER[logical][0] != "user_id":
                continue
            owner = columns.index("user_id")
            rows = self.source.read_children(logical, after=after, up_to=up_to)
            for row in rows:
                # A membership that lacks its user or its role, or both, is one orphan.
                if self._fold(row[owner]) not in users or (
                    logical == "user_roles" and self._fold(row[1]) not in self.role_ids
                ):
                    self._note(f"orphan_{logical.removesuffix('s')}", row[owner])
            getattr(self, f"_{logical}")(rows, privileged)
        for key in sorted(map(str, privileged)):
            self.found.privileged_accounts.add(key)

    def _user_roles(self, rows: Iterable[tuple[Any, ...]], privileged: set[Any]) -> None:
        for user_id, role_id in rows:
            role = self._fold(role_id)
            if role in self.privileged_roles:
                self.found.privileged_roles[self.privileged_roles[role]] += 1
                privileged.add(user_id)

    def _user_claims(self, rows: Iterable[tuple[Any, ...]], privileged: set[Any]) -> None:
        for _, user_id, claim_type, value in rows:
            _count(self.found.claim_types, claim_type)
            if claim_type is None or value is None:
                self._note("claim_null", user_id)
            if claim_type in ROLE_CLAIMS:
                self._note("privileged_user_claim", user_id)
                if is_privileged(value):
                    privileged.add(user_id)

    def _user_logins(self, rows: Iterable[tuple[Any, ...]], privileged: set[Any]) -> None:
        for row in rows:
            _count(self.found.login_providers, row[0])

    def _user_tokens(self, rows: Iterable[tuple[Any, ...]], privileged: set[Any]) -> None:
        factors = self.found.second_factors
        for user_id, provider, name, value in rows:
            if provider != USER_STORE:
                _count(self.found.token_kinds, f"{provider} {name}")
            elif name == "AuthenticatorKey":
                factors["authenticator_key"] += 1
                try:
                    one_time_codes.decode_authenticator_key(value or "")
                except (IdentityBridgeError, ValueError):
                    self._note("totp_key_invalid", user_id)
            elif name == "RecoveryCodes":
                factors["recovery_codes"] += 1
                if "" in recovery_codes.split(value):
                    self._note("recovery_codes_malformed", user_id)

    def _user_passkeys(self, rows: list[tuple[Any, ...]], privileged: set[Any]) -> None:
        if rows:
            self.found.second_factors["passkeys"] += len(rows)


def _predates_stamps(generation: str) -> bool:
    return generation in (Generation.MEMBERSHIP, Generation.SIMPLE_MEMBERSHIP)


def _count(counter: Counter[str], name: str | None) -> None:
    name = "(null)" if name is None else str(name)[:200]
    counter[name if name in counter or len(counter) < MOST_KINDS else OTHERS] += 1


def _tables(source: Source) -> list[dict[str, Any]]:
    return [
        {"logical": logical, "table": mapping.table.qualified_name, "rows": source.count(logical)}
        for logical, mapping in source.layout.tables.items()
    ]


def _custom_columns(source: Source) -> list[dict[str, Any]]:
    if source.layout.generation is Generation.MEMBERSHIP:
        return []
    logical_tables = ("users", "roles")
    return [
        {
            "table": mapping.table.qualified_name,
            "column": column.name,
            "type": column.type_name,
            "nullable": column.nullable,
            "has_default": column.has_default,
        }
        for mapping in map(source.mapping, logical_tables)
        if mapping is not None
        for column in mapping.custom_columns
    ]
