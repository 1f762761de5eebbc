"""Small ASP.NET Identity databases that a test writes row by row, and imports of them."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command

from identity_bridge.aspnet.password_hash import HashOptions, hash_password
from identity_bridge.importing.policies import DEFAULT_POLICIES
from identity_bridge.importing.run import ImportOptions, run_import
from identity_bridge.importing.sources import open_source

if TYPE_CHECKING:
    from pathlib import Path

    from identity_bridge.importing.report import Report

_SCHEMA = """
CREATE TABLE "AspNetRoles" ("Id" {key} PRIMARY KEY, "Name" TEXT, "NormalizedName" TEXT,
    "ConcurrencyStamp" TEXT);
CREATE TABLE "AspNetUsers" ("Id" {key} PRIMARY KEY, "UserName" TEXT, "NormalizedUserName" TEXT,
    "Email" TEXT, "NormalizedEmail" TEXT, "EmailConfirmed" INTEGER NOT NULL DEFAULT 1,
    "PasswordHash" TEXT, "SecurityStamp" TEXT, "ConcurrencyStamp" TEXT, "PhoneNumber" TEXT,
    "PhoneNumberConfirmed" INTEGER NOT NULL DEFAULT 0,
    "TwoFactorEnabled" INTEGER NOT NULL DEFAULT 0, "LockoutEnd" TEXT,
    "LockoutEnabled" INTEGER NOT NULL DEFAULT 1, "AccessFailedCount" INTEGER NOT NULL DEFAULT 0);
CREATE TABLE "AspNetRoleClaims" ("Id" INTEGER PRIMARY KEY AUTOINCREMENT, "RoleId" {key},
    "ClaimType" TEXT, "ClaimValue" TEXT);
CREATE TABLE "AspNetUserClaims" ("Id" INTEGER PRIMARY KEY AUTOINCREMENT, "UserId" {key},
    "ClaimType" TEXT, "ClaimValue" TEXT);
CREATE TABLE "AspNetUserLogins" ("LoginProvider" TEXT, "ProviderKey" TEXT,
    "ProviderDisplayName" TEXT, "UserId" {key});
CREATE TABLE "AspNetUserRoles" ("UserId" {key}, "RoleId" {key});
CREATE TABLE "AspNetUserTokens" ("UserId" {key}, "LoginProvider" TEXT, "Name" TEXT, "Value" TEXT);
CREATE TABLE "AspNetUserPasskeys" ("CredentialId" BLOB, "UserId" {key}, "Data" TEXT);
"""

PASSWORD = "Right-horse-1!"
PASSWORD_BLOB = hash_password(PASSWORD, options=HashOptions(iterations=1000))


class SmallSource:
    """One SQLite file with the tables of schema V3."""

    def __init__(self, path: Path, key: str = "TEXT") -> None:
        self.path = path
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(_SCHEMA.format(key=key))

    def run(self, sql: str, *parameters: Any) -> None:
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute(sql, parameters)
            connection.commit()

    def insert(self, table: str, **columns: Any) -> None:
        names = ", ".join(f'"{name}"' for name in columns)
        marks = ", ".join("?" * len(columns))
        self.run(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', *columns.values())

    def user(self, key: Any, name: str | None = None, **columns: Any) -> None:
        """Add a user as .NET would; ``columns`` say what is different."""
        name = str(key) if name is None else name
        row = {
            "Id": key,
            "UserName": name,
            "NormalizedUserName": name.upper(),
            "PasswordHash": PASSWORD_BLOB,
            "SecurityStamp": f"STAMP-{key}",
            "ConcurrencyStamp": f"concurrency-{key}",
        }
        self.insert("AspNetUsers", **(row | columns))

    def role(self, key: Any, name: str | None) -> None:
        normalized = None if name is None else name.upper()
        self.insert("AspNetRoles", Id=key, Name=name, NormalizedName=normalized)

    def member(self, user: Any, role: Any) -> None:
        self.insert("AspNetUserRoles", UserId=user, RoleId=role)

    def claim(self, user: Any, claim_type: str | None, value: str | None) -> None:
        self.insert("AspNetUserClaims", UserId=user, ClaimType=claim_type, ClaimValue=value)

    def login(self, user: Any, provider: str, key: str) -> None:
        self.insert("AspNetUserLogins", LoginProvider=provider, ProviderKey=key, UserId=user)

    def token(self, user: Any, name: str, value: str, provider: str = "[AspNetUserStore]") -> None:
        self.insert("AspNetUserTokens", UserId=user, LoginProvider=provider, Name=name, Value=value)

    def change(self, key: Any, **columns: Any) -> None:
        names = ", ".join(f'"{name}" = ?' for name in columns)
        self.run(f'UPDATE "AspNetUsers" SET {names} WHERE "Id" = ?', *columns.values(), key)

    def remove(self, table: str, where: str, *parameters: Any) -> None:
        self.run(f'DELETE FROM "{table}" WHERE {where}', *parameters)

    def imported(self, **options: Any) -> Report:
        return import_from(self.path, **options)


class Silent:
    """Progress that nobody watches."""

    def start(self, phase: str, total: int) -> None: ...
    def advance(self, number: int) -> None: ...
    def finish(self) -> None: ...


def import_from(spec: object, **options: Any) -> Report:
    """Import; ``policies`` holds only those that differ from the default."""
    policies = {**DEFAULT_POLICIES, **options.pop("policies", {})}
    with open_source(str(spec)) as source:
        return run_import(source, ImportOptions(policies=policies, **options), Silent())


def codes(report: Report) -> set[str]:
    return {code for code, _severity in report.issue_counts}


def issues_of(report: Report, code: str) -> list[str]:
    """Return the keys of the records that an issue names."""
    return [one.key for one in report.issues if one.code == code]


@dataclass
class Outcome:
    """What one run of the command gave."""

    exit_code: int
    out: str
    err: str
    data: dict[str, Any] = field(default_factory=dict)


def run_command(*arguments: object, **options: Any) -> Outcome:
    """Run the command as manage.py would; ``data`` is its output where that is JSON."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command(
            "import_aspnet_identity", *map(str, arguments), stdout=out, stderr=err, **options
        )
    except SystemExit as stopped:
        code = int(stopped.code or 0)
    except CommandError as error:
        code = error.returncode
        err.write(f"CommandError: {error}\n")
    text = out.getvalue()
    data = json.loads(text) if text.startswith("{") else {}
    return Outcome(code, text, err.getvalue(), data)


@pytest.fixture
def source(tmp_path: Path) -> SmallSource:
    return SmallSource(tmp_path / "source.db")
