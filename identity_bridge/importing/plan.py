"""The plan: rows of a source become records to write, every oddity gets a code. Pure.

No Django, no database: what a record becomes depends on the row, on the roles and on the
options, on nothing else. Conflicts with what the target holds are decided later, in names.py
and apply.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from identity_bridge.aspnet import hash_blob
from identity_bridge.aspnet.errors import (
    NormalizationError,
)
from identity_bridge.aspnet.normalization import normalize_name
from identity_bridge.aspnet.stamps import new_concurrency_stamp, new_security_stamp

from .conversion import to_bool, to_int, to_key, to_lockout_end
from .fingerprints import user_print
from .issues import Issue, issue
from .layout import Generation
from .plan_children import ChildPlanner
from .plan_columns import (
    custom_value,
    look_at_password,
    same_name,
    take_membership_state,
    with_texts,
)
from .records import POSITION, TARGET_TABLES, PlannedUser
from .sources.values import to_jsonable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .layout import SourceLayout

_USERS = TARGET_TABLES["users"]
_BOOLEANS = {0: False, 1: True}  # True and False are equal to 1 and 0
_MAX_NAME = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomField:
    """A field of the project's own user model that takes a column of the source."""

    column: str
    convert: Callable[[Any], Any]
    default: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """What the plan depends on besides the rows."""

    layout: SourceLayout
    key_type: str
    """Of the target."""
    passkey_dialect: str
    case_insensitive_keys: bool = False
    role_keys: Mapping[Any, Any] = field(default_factory=dict)
    """Key of a role at the source -> its key in the target."""
    nameless_roles: frozenset[Any] = frozenset()
    staff_roles: frozenset[Any] = frozenset()
    """Target keys of roles whose members become staff."""
    superuser_roles: frozenset[Any] = frozenset()
    guarded_roles: frozenset[Any] = frozenset()
    """Target keys of roles that carry Django permissions."""
    allow_privileged: bool = False
    is_active_column: str | None = None
    custom_fields: tuple[CustomField, ...] = ()
    hash_limits: hash_blob.Limits = hash_blob.DEFAULT_LIMITS
    is_django_hash: Callable[[str], bool] = lambda text: False
    """Tells if one of the project's Django hashers wrote a stored text."""
    map_values: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    """The adapter's last word on a user's values, by field name."""


@dataclass(slots=True)
class PlannedBatch:
    """The records of one range of keys."""

    users: list[PlannedUser] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    source_rows: dict[str, int] = field(default_factory=dict)
    """Rows read, by logical table."""
    skipped: dict[str, int] = field(default_factory=dict)
    """Rows that are not to come in, each with an issue."""
    failed_users: int = 0
    source_digest: bytes = b""
    """Stands for the rows that it was made of."""


class Planner:
    """Makes records of the rows of one source."""

    def __init__(self, options: PlanOptions) -> None:
        self.options = options
        self._children = ChildPlanner(options)
        self._is_membership = options.layout.generation is Generation.MEMBERSHIP
        info = options.layout.user_table.info("lockout_end")
        declared = info.type_name.lower() if info else ""
        # SQLite has no type for it: EF writes text with an offset there.
        self._has_offsets = "offset" in declared or (
            options.layout.dialect == "sqlite" and "text" in declared
        )
        # SQLite keeps what it is given, whatever the column was declared as.
        self._is_untyped = options.layout.dialect == "sqlite"
        self._last_id: str | None = None

    def plan(
        self,
        rows: Sequence[tuple[Any, ...]],
        children: Mapping[str, Sequence[tuple[Any, ...]]],
        *,
        with_extras: bool,
    ) -> PlannedBatch:
        """Plan the users of one range of keys with the rows of the side tables of that range."""
        batch = PlannedBatch(source_rows={"users": len(rows)})
        by_source_key: dict[Any, PlannedUser] = {}
        for row in rows:
            extras = row[-1] if with_extras else None
            if (user := self._plan_user(row, extras, batch)) is not None:
                by_source_key[row[0]] = user
                batch.users.append(user)
        self._children.attach(by_source_key, children, batch)
        for user in batch.users:
            self._finish(user, batch)
        return batch

    def _plan_user(
        self, row: tuple[Any, ...], extras: dict[str, Any] | None, batch: PlannedBatch
    ) -> PlannedUser | None:
        if self._is_untyped:
            row = with_texts(row, batch)
        (
            source_id,
            username,
            normalized,
            email,
            normalized_email,
            email_confirmed,
            password,
            security_stamp,
            concurrency_stamp,
            phone_number,
            phone_number_confirmed,
            two_factor_enabled,
            lockout_end,
            lockout_end_date_utc,
            lockout_enabled,
            access_failed_count,
            _discriminator,
            is_active,
            is_deleted,
        ) = row[:19]

        def note(code: str, message: str) -> None:
            batch.issues.append(issue(code, _USERS, source_id, message))

        if source_id is None:
            note("null_id", "The user has no Id and cannot be told from others; it stays behind.")
            batch.failed_users += 1
            return None
        for name, text in (("UserName", username), ("Email", email)):
            if text is not None and len(text) > _MAX_NAME:
                note("value_too_long", f"{name} has {len(text)} characters, {_MAX_NAME} fit.")
                batch.failed_users += 1
                return None
        self._look_at_key(source_id, note)

        def flag(value: Any, column: str, default: bool = False) -> bool:
            known = _BOOLEANS.get(value) if not isinstance(value, (str, bytes)) else None
            if known is not None:
                return known
            return to_bool(value, column=column, default=default, note=note)

        user = PlannedUser(key=to_key(source_id, self.options.key_type), values=[], children={})
        normalized, normalized_email = self._names(
            user, username, normalized, email, normalized_email, note
        )
        if lockout_end_date_utc is not None and (
            row[2] is None or self.options.layout.generation is Generation.IDENTITY_2
        ):
            # 2.x, or a row of a half-migrated table that was not migrated.
            lockout_end = to_lockout_end(
                lockout_end_date_utc, has_offsets=False, note=note, column="LockoutEndDateUtc"
            )
        else:
            lockout_end = to_lockout_end(lockout_end, has_offsets=self._has_offsets, note=note)
        user.values = [
            user.key,
            username,
            normalized,
            email,
            normalized_email,
            flag(email_confirmed, "EmailConfirmed"),
            password,
            security_stamp,
            concurrency_stamp,
            phone_number,
            flag(phone_number_confirmed, "PhoneNumberConfirmed"),
            flag(two_factor_enabled, "TwoFactorEnabled"),
            lockout_end,
            flag(lockout_enabled, "LockoutEnabled", default=True),
            access_failed_count
            if type(access_failed_count) is int and -(2**31) <= access_failed_count < 2**31
            else to_int(access_failed_count, column="AccessFailedCount", default=0, note=note),
            True,
            False,
            False,
            None,
        ]
        if is_active is not None:
            extras = self._take_is_active(user, flag(is_active, "IsActive"), extras, note)
        if is_deleted is not None and flag(is_deleted, "IsDeleted"):
            user.set("is_active", False)
            note("deleted", "The account is marked as deleted; it comes in inactive.")
        if password is not None:
            look_at_password(password, self.options, note)
        self._take_extras(user, extras, note)
        return user

    def _look_at_key(self, source_id: Any, note: Callable[[str, str], None]) -> None:
        if not isinstance(source_id, str):
            return
        if source_id == "":
            note("empty_id", "The Id is the empty text: legal, but suspicious.")
        previous, self._last_id = self._last_id, source_id
        if (
            previous is not None
            and previous != source_id
            and previous.rstrip() == source_id.rstrip()
        ):
            note(
                "ids_differ_by_trailing_space",
                "Another Id differs only by blanks at its end; they stay two accounts.",
            )

    def _names(
        self,
        user: PlannedUser,
        username: str | None,
        stored: str | None,
        email: str | None,
        stored_email: str | None,
        note: Callable[[str, str], None],
    ) -> tuple[str | None, str | None]:
        """Return the normalised name and e-mail address; say where the stored ones are odd."""
        if username is None:
            note("user_name_null", "The account has no user name; nobody can sign in by name.")
        elif not username.strip():
            note("empty_user_name", "The user name is empty or blank; give it one in the admin.")
        try:
            computed = normalize_name(username)
            computed_email = normalize_name(email)
        except NormalizationError as error:
            note("name_not_normalizable", f"{error}; the stored look-up names stay.")
            return stored, stored_email
        user.wanted_normalized, user.stored_normalized = computed, stored
        odd = [
            column
            for column, have, want in (
                ("NormalizedUserName", stored, computed),
                ("NormalizedEmail", stored_email, computed_email),
            )
            if have is not None and have != want
        ]
        if stored is None or stored == computed or same_name(stored, computed):
            normalized = computed
        else:
            # A stale name: its owner may still sign in by it, so it stays.
            normalized = stored
        if odd:
            how = "kept" if normalized != computed else "computed anew"
            note(
                "normalized_mismatch",
                f"{' and '.join(odd)} not as .NET's default normaliser writes it; {how}.",
            )
        return normalized, computed_email

    def _take_is_active(
        self,
        user: PlannedUser,
        is_active: bool,
        extras: dict[str, Any] | None,
        note: Callable[[str, str], None],
    ) -> dict[str, Any] | None:
        """Obey the column in ABP, whose own it is; elsewhere it is the application's."""
        column = self.options.layout.user_table.columns["is_active"]
        if self.options.layout.generation is Generation.ABP or (
            column == self.options.is_active_column
        ):
            user.set("is_active", is_active)
            if not is_active:
                note("inactive", "The account is switched off at the source and comes in inactive.")
            return extras
        if not is_active:
            note(
                "disabled_by_custom_column",
                f"{column} is false in a column of the application's own, which ASP.NET Identity"
                " does not know; IMPORT_IS_ACTIVE_COLUMN makes the import obey it.",
            )
        return {**(extras or {}), column: is_active}

    def _take_extras(
        self,
        user: PlannedUser,
        extras: dict[str, Any] | None,
        note: Callable[[str, str], None],
    ) -> None:
        """Put custom columns where they belong: into fields, into the account's state, or aside."""
        left = dict(extras) if extras else {}
        if left:
            if self.options.layout.generation in (
                Generation.MEMBERSHIP,
                Generation.SIMPLE_MEMBERSHIP,
            ):
                take_membership_state(user, left, note)
            column = self.options.is_active_column
            if column is not None and column in left:
                user.set("is_active", to_bool(left[column], column=column, default=True, note=note))
        for custom in self.options.custom_fields:
            user.values.append(custom_value(custom, left, note))
        user.undeclared = {name: to_jsonable(one) for name, one in left.items()} or None

    def _finish(self, user: PlannedUser, batch: PlannedBatch) -> None:
        """Decide on rights, let the adapter speak, fill what must not be empty."""
        member_of = {row[1] for row in user.children["user_roles"]}
        wanted = [
            flag
            for flag, roles in (
                ("is_staff", self.options.staff_roles | self.options.superuser_roles),
                ("is_superuser", self.options.superuser_roles),
            )
            if roles & member_of
        ]
        if wanted and self.options.allow_privileged:
            for flag in wanted:
                user.set(flag, True)
        elif wanted:
            user.rights_withheld = tuple(wanted)
            batch.issues.append(
                issue(
                    "privileged_account",
                    _USERS,
                    user.key,
                    f"A role would make it {' and '.join(wanted)}; --allow-privileged does so.",
                )
            )
        if self.options.map_values is not None:
            given = dict(zip(POSITION, user.values, strict=False))
            mapped = self.options.map_values(dict(given))
            for name, value in mapped.items():
                if name in POSITION and name != "id":
                    user.set(name, value)
            if mapped.get("username") != given["username"]:
                user.wanted_normalized = normalize_name(user.get("username"))
                user.stored_normalized = None
                user.set("normalized_username", user.wanted_normalized)
        line, child_lines = user.make_lines()
        user.is_as_planned = not (user.withheld or user.rights_withheld)
        if not user.is_as_planned:
            line, child_lines = user.withholding_lines()
        user.source_print = user_print(line, child_lines, canonical_json(user.undeclared))
        if not user.get("security_stamp"):
            user.set("security_stamp", new_security_stamp())
            batch.issues.append(
                issue(
                    "null_security_stamp",
                    _USERS,
                    user.key,
                    "SecurityStamp was empty, with which .NET fails; it has a new one.",
                )
            )
        if not user.get("concurrency_stamp"):
            user.set("concurrency_stamp", new_concurrency_stamp())


def canonical_json(columns: Mapping[str, Any] | None) -> bytes:
    """Return undeclared columns as bytes that are equal when the columns are."""
    if not columns:
        return b""
    return json.dumps(columns, sort_keys=True, default=str).encode()
