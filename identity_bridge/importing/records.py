"""What the plan makes of the source's rows: records ready to be written. Pure.

A record keeps its values in the order of ``*_FIELDS`` and knows the line of PostgreSQL's COPY
that stands for it. That line is also what is fingerprinted, so a value means the same wherever
it comes from: the source, the target, or an earlier run.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from identity_bridge.aspnet import date_times

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

USER_FIELDS = (
    "id",
    "username",
    "normalized_username",
    "email",
    "normalized_email",
    "email_confirmed",
    "password",
    "security_stamp",
    "concurrency_stamp",
    "phone_number",
    "phone_number_confirmed",
    "two_factor_enabled",
    "lockout_end",
    "lockout_enabled",
    "access_failed_count",
    "is_active",
    "is_staff",
    "is_superuser",
    "date_joined",
)
"""Columns of a user that an import writes; fields of a custom user model follow.

``password`` is the naked text of the PasswordHash column.
"""

POSITION = {name: index for index, name in enumerate(USER_FIELDS)}

CHILD_FIELDS: dict[str, tuple[str, ...]] = {
    "user_roles": ("user_id", "role_id"),
    "user_claims": ("user_id", "claim_type", "claim_value"),
    "user_logins": ("user_id", "login_provider", "provider_key", "provider_display_name"),
    "user_tokens": ("user_id", "login_provider", "name", "value"),
    "user_passkeys": ("user_id", "credential_id", "data"),
}
"""Columns of the side tables that an import writes; the numbers of claims are given anew."""

TARGET_TABLES = {
    "users": "AspNetUsers",
    "roles": "AspNetRoles",
    "role_claims": "AspNetRoleClaims",
    "user_roles": "AspNetUserRoles",
    "user_claims": "AspNetUserClaims",
    "user_logins": "AspNetUserLogins",
    "user_tokens": "AspNetUserTokens",
    "user_passkeys": "AspNetUserPasskeys",
}

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_text(value: Any) -> str:
    """Return a value as the text format of COPY spells it; the ends of time as infinity."""
    if value is None:
        return "\\N"
    if value is True:
        return "t"
    if value is False:
        return "f"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, datetime):
        if value == date_times.MAX_VALUE:
            return "infinity"
        if value == date_times.MIN_VALUE:
            return "-infinity"
        return _moment(value)
    if isinstance(value, bytes | memoryview):
        return "\\\\x" + bytes(value).hex()
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True, default=str).translate(_ESCAPES)
    if isinstance(value, Decimal):
        # 1.50 and 1.5000 are one value to numeric columns of different scale.
        return format(value.normalize(), "f")
    return str(value).translate(_ESCAPES)


def _moment(value: datetime) -> str:
    """Return a moment as PostgreSQL prints it in UTC, without zeros at the end."""
    text = (value.astimezone(UTC) if value.tzinfo else value).replace(tzinfo=None).isoformat(" ")
    if value.microsecond:
        text = text.rstrip("0")
    return f"{text}+00" if value.tzinfo else text


def copy_line(values: Sequence[Any]) -> bytes:
    """Return a row as one line of COPY's text format, without its line end."""
    parts = [value if type(value) is str else copy_text(value) for value in values]
    line = "\t".join(parts)
    # Nearly every row needs no escapes; to look at the whole line is ten times as fast.
    if (
        line.count("\t") != len(parts) - 1
        or line.count("\\") != values.count(None)
        or "\n" in line
        or "\r" in line
    ):
        line = "\t".join(map(copy_text, values))
    # Half a surrogate pair, as JSON files may hold: the database refuses the row, not the run.
    return line.encode(errors="surrogatepass")


def withheld_line(row: Sequence[Any]) -> bytes:
    """Return what stands in a fingerprint for a membership that was read and not brought in."""
    return copy_line(row) + b"\twithheld"


def copy_lines(children: Mapping[str, Sequence[Sequence[Any]]]) -> dict[str, list[bytes]]:
    """Return the rows of the side tables as lines of COPY."""
    return {table: [copy_line(row) for row in rows] for table, rows in children.items() if rows}


@dataclass(slots=True)
class PlannedUser:
    """One user with everything that belongs to it."""

    key: Any
    """The Id in the type of the target's keys."""
    values: list[Any]
    """In the order of USER_FIELDS, then the custom model's fields."""
    children: dict[str, list[tuple[Any, ...]]]
    """Rows of the side tables, in the order of CHILD_FIELDS."""
    undeclared: dict[str, Any] | None = None
    """Columns that no field takes."""
    wanted_normalized: str | None = None
    """The name the normaliser of .NET gives, to be used if it is free."""
    stored_normalized: str | None = None
    suffix: str | None = None
    """What tells apart two people of one name, where the source has something: an application."""
    source_print: bytes = b""
    """Fingerprint of what the source says, before conflicts are decided."""
    fingerprint: bytes = b""
    """What was stored to remember it by, once it was."""
    line: bytes | None = None
    """The values as a line of COPY, None when they changed since it was made."""
    child_lines: dict[str, list[bytes]] | None = None
    is_as_planned: bool = True
    """False once something else is to be written than the source says."""
    withheld: list[tuple[Any, ...]] = field(default_factory=list)
    """Memberships that --allow-privileged would bring in; where Django has them, they stay."""
    open_columns: set[str] = field(default_factory=set)
    """Columns that a conflict with another account kept from coming in as the source says."""
    open_rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    rights_withheld: tuple[str, ...] = ()
    """is_staff, is_superuser, where a role would give it; whoever has it in Django keeps it."""

    def get(self, name: str) -> Any:
        return self.values[POSITION[name]]

    def set(self, name: str, value: Any) -> None:
        self.values[POSITION[name]] = value
        self.line = None
        self.is_as_planned = False

    def replace_children(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        self.children[table] = rows
        self.child_lines = None
        self.is_as_planned = False

    def leave_open(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        """Note rows that belong to another account; a later run asks for them again."""
        self.open_rows.setdefault(table, []).extend(rows)

    def make_lines(self) -> tuple[bytes, dict[str, list[bytes]]]:
        """Return the lines of COPY of the user and of its rows, made anew where needed."""
        if self.line is None:
            self.line = copy_line(self.values)
        if self.child_lines is None:
            self.child_lines = copy_lines(self.children)
        return self.line, self.child_lines

    def withholding_lines(self) -> tuple[bytes, dict[str, list[bytes]]]:
        """Return the lines that stand for what the source says, where not all of it comes in.

        A right withheld differs from one that nobody asked for: when the source takes it back,
        that is a change.
        """
        line, child_lines = self.make_lines()
        if self.rights_withheld:
            values = list(self.values)
            for name in self.rights_withheld:
                values[POSITION[name]] = "withheld"
            line = copy_line(values)
        if self.withheld:
            marked = [withheld_line(row) for row in self.withheld]
            taken = child_lines.get("user_roles", ())
            child_lines = child_lines | {"user_roles": [*taken, *marked]}
        return line, child_lines


@dataclass(slots=True)
class PlannedRole:
    """One role with its claims."""

    key: Any
    name: str
    normalized_name: str
    concurrency_stamp: str | None
    claims: list[tuple[str | None, str | None]] = field(default_factory=list)
    undeclared: dict[str, Any] | None = None
    source_key: Any = None
