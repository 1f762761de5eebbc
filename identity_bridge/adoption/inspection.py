"""Look at a database: read, compare, list the anomalies. The result says it all as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import DatabaseError, connections
from django.db.migrations.recorder import MigrationRecorder

from identity_bridge.conf import get_settings
from identity_bridge.exceptions import IdentityBridgeError

from .anomalies import find_anomalies, key_type_of
from .comparison import compare
from .expected import expected_schema, key_columns
from .findings import Finding, Severity, worst
from .reading import SUPPORTED_VENDORS, read_schema

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


class AdoptionError(IdentityBridgeError):
    """A database that cannot be compared with the models."""

    code = "adoption"


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspection:
    """What was found in one database."""

    database: str
    vendor: str
    adopted: bool
    """``migrate`` has already run here."""
    findings: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        """Tell if nothing has to be done before (or, once adopted, after) ``migrate``."""
        return worst(self.findings) is Severity.INFORMATION


def inspect_database(alias: str) -> Inspection:
    """Compare a database with the models.

    :raises AdoptionError: it cannot be read, or has no AspNet tables at all.
    """
    connection = connections[alias]
    if connection.vendor not in SUPPORTED_VENDORS:
        raise AdoptionError(
            f"the database {alias!r} is {connection.display_name}; "
            "sqlite, postgresql and mysql can be compared"
        )
    try:
        return _inspect(connection)
    except DatabaseError as error:
        raise AdoptionError(f"the database {alias!r} cannot be read: {error}") from error


def key_type_findings(connection: BaseDatabaseWrapper) -> tuple[Finding, ...]:
    """Return what is wrong with the keys of a database under KEY_TYPE; one statement or two.

    :raises DatabaseError: it cannot be read.
    """
    if connection.vendor not in SUPPORTED_VENDORS:
        return ()
    users = read_schema(connection, ["AspNetUsers"], ()).table("AspNetUsers")
    return () if users is None else key_type_of(connection, users, get_settings().KEY_TYPE)


def _inspect(connection: BaseDatabaseWrapper) -> Inspection:
    expected = expected_schema(connection)
    names = [table.name for table in expected.tables]
    django_tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
    }
    found = read_schema(connection, names, django_tables)
    if found.table("AspNetUsers") is None:
        raise AdoptionError(
            f"the database {connection.alias!r} has no table AspNetUsers; "
            "on an empty database plain `migrate` makes the tables"
        )
    recorded = MigrationRecorder(connection).applied_migrations()
    adopted = ("identity_bridge", "0003_django") in recorded
    differences = compare(expected, found, adopted=adopted, key_columns=key_columns())
    anomalies = find_anomalies(connection, expected, found, get_settings().KEY_TYPE)
    findings = (*anomalies, *differences)
    order = list(Severity)
    return Inspection(
        database=connection.alias,
        vendor=connection.vendor,
        adopted=adopted,
        findings=tuple(sorted(findings, key=lambda finding: order.index(finding.severity))),
    )
