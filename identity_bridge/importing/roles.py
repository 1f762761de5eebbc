"""Roles and their claims: few, so all of them in one transaction before the users."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import DataError, IntegrityError, models, transaction

from identity_bridge.aspnet.errors import NormalizationError
from identity_bridge.aspnet.normalization import normalize_name
from identity_bridge.aspnet.stamps import new_concurrency_stamp
from identity_bridge.models import ImportedRecord, Role, RoleClaim, UndeclaredColumns

from .conversion import to_key
from .fingerprints import Half, join, row_prints, split, user_print
from .inspection import is_privileged
from .issues import Issue, issue
from .records import TARGET_TABLES, PlannedRole, copy_line, copy_lines
from .refusals import reason_of
from .sources.values import to_jsonable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .counters import Counters
    from .policies import Policy
    from .sources.source import Source
    from .target import Target

_ROLES, _CLAIMS = TARGET_TABLES["roles"], TARGET_TABLES["role_claims"]


@dataclass(slots=True)
class RoleImport:
    """What the users' memberships need to know about the roles."""

    keys: dict[Any, Any] = field(default_factory=dict)
    """Key at the source -> key in the target."""
    by_name: dict[str, Any] = field(default_factory=dict)
    """Normalised name -> key in the target; in a dry run also of roles that are not there yet."""
    nameless: set[Any] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)


def import_roles(
    source: Source,
    target: Target,
    *,
    key_type: str,
    run_id: int | None,
    policies: Mapping[str, Policy],
    counters: Counters,
    write: bool,
) -> RoleImport:
    """Bring in all roles; roles whose names are one to .NET's normaliser become one."""
    result = RoleImport()
    planned = _plan(source, key_type, result, counters)
    with transaction.atomic(using=target.using):
        for role in planned:
            try:
                with transaction.atomic(using=target.using):
                    _bring_in(role, target, run_id, policies, counters, result, write=write)
            except (DataError, IntegrityError, ValueError) as error:
                _refuse(role, error, counters, result)
    result.by_name = {
        role.normalized_name: result.keys[key]
        for role in planned
        for key in (role.source_key,)
        if key in result.keys
    }
    return result


def _refuse(role: PlannedRole, error: Exception, counters: Counters, result: RoleImport) -> None:
    """Leave one role behind that the database does not take; its memberships name it."""
    counters.add("roles", failed=1)
    counters.add("role_claims", failed=len(role.claims))
    _repoint(result, role.key, None)
    message = f"The database refused it: {reason_of(error)}."
    result.issues.append(issue("record_failed", _ROLES, role.key, message))


def _plan(
    source: Source, key_type: str, result: RoleImport, counters: Counters
) -> list[PlannedRole]:
    with_extras = source.has_extras("roles")
    rows = []
    after, more = None, True
    while more:
        batch = source.read_roles(after=after)
        rows += batch.rows
        after, more = batch.last_key, batch.more
    counters.add("roles", source=len(rows))
    by_source_key: dict[Any, PlannedRole] = {}
    by_name: dict[str, PlannedRole] = {}
    for row in rows:
        source_key, name, stored, stamp = row[:4]
        if source_key is None or name is None or not name.strip():
            result.nameless.add(source_key)
            counters.add("roles", skipped=1)
            message = "The role has no name, so nothing can be granted by it; it stays behind."
            result.issues.append(issue("role_without_name", _ROLES, source_key, message))
            continue
        try:
            normalized = normalize_name(name) or ""
        except NormalizationError:
            normalized = stored or name
        if is_privileged(name):
            message = "Sounds powerful; it comes in as an ordinary role and makes nobody staff."
            result.issues.append(issue("privileged_role", _ROLES, source_key, message))
        if (twin := by_name.get(normalized)) is not None:
            by_source_key[source_key] = twin
            result.keys[source_key] = twin.key
            counters.add("roles", skipped=1)
            message = f"The same name as role {twin.key} in another spelling; the two become one."
            result.issues.append(
                issue("duplicate_normalized_role_name", _ROLES, source_key, message)
            )
            continue
        role = PlannedRole(
            to_key(source_key, key_type), name, normalized, stamp, source_key=source_key
        )
        if with_extras:
            role.undeclared = {name: to_jsonable(one) for name, one in row[4].items()} or None
        by_source_key[source_key] = by_name[normalized] = role
        result.keys[source_key] = role.key
    _plan_claims(source, by_source_key, result, counters)
    return list(by_name.values())


def _plan_claims(
    source: Source, roles: dict[Any, PlannedRole], result: RoleImport, counters: Counters
) -> None:
    rows = source.read_children("role_claims", after=None, up_to=None)
    counters.add("role_claims", source=len(rows))
    for number, role_key, claim_type, claim_value in rows:
        role = roles.get(role_key)
        if role is None:
            counters.add("role_claims", skipped=1)
            message = f"Role {role_key} does not exist or has no name; the row stays behind."
            result.issues.append(issue("orphan_role_claim", _CLAIMS, number, message))
        else:
            role.claims.append((claim_type, claim_value))


def role_half(role: Role, using: str) -> bytes:
    """Return the fingerprint of a role as the target has it now."""
    claims = RoleClaim.objects.using(using).filter(role=role).order_by("pk")
    rows = list(claims.values_list("claim_type", "claim_value"))
    return _half(role.name or "", role.normalized_name, rows)


def _half(name: str, normalized: str | None, claims: list[Any]) -> bytes:
    return user_print(copy_line((name, normalized)), copy_lines({"user_claims": claims}))


def _bring_in(
    role: PlannedRole,
    target: Target,
    run_id: int | None,
    policies: Mapping[str, Policy],
    counters: Counters,
    result: RoleImport,
    *,
    write: bool,
) -> None:
    records = ImportedRecord.objects.using(target.using).filter(kind="role", key=str(role.key))
    record = records.first()
    source_half = _half(role.name, role.normalized_name, role.claims)
    if record is not None and split(bytes(record.fingerprint))[0] == source_half:
        counters.add("roles", unchanged=1)
        counters.add("role_claims", unchanged=len(role.claims))
        present = _find(role, record, target)
        _repoint(result, role.key, present.pk if present else None)
        return
    present = _find(role, record, target)
    if present is None and record is not None:
        _repoint(result, role.key, None)
        counters.add("roles", skipped=1)
        counters.add("role_claims", skipped=len(role.claims))
        message = "Deleted in Django since it was imported; it stays deleted."
        result.issues.append(issue("deleted_in_django", _ROLES, role.key, message))
        return
    if present is None:
        if write:
            _create(role, target, run_id, source_half, result)
        counters.add("roles", created=1)
        counters.add("role_claims", created=len(role.claims))
        return
    _repoint(result, role.key, present.pk)
    if record is None:
        merge_claims = _meet_existing(role, present, policies, counters, result)
        last_read: frozenset[bytes] = frozenset()
    else:
        merge_claims, last_read = (
            True,
            Half.parse(split(bytes(record.fingerprint))[0]).rows["user_claims"],
        )
        if write and present.name != role.name and not _name_is_taken(role, present, target):
            present.name = role.name
            present.save(using=target.using)
    if merge_claims:
        _merge_claims(role, present, last_read, target, counters, write=write)
    else:
        counters.add("role_claims", skipped=len(role.claims))
    counters.add("roles", updated=1)
    if write:
        fingerprint = join(source_half, source_half)
        if not records.update(fingerprint=fingerprint):
            ImportedRecord.objects.using(target.using).create(
                kind="role", key=str(role.key), run_id=None, fingerprint=fingerprint
            )


def _find(role: PlannedRole, record: ImportedRecord | None, target: Target) -> Role | None:
    """Return the role of the target that this one is: by its name, or as an import made it.

    Never by the key alone: role 1 of the target may be anybody's, with any rights.
    """
    roles = Role.objects.using(target.using)
    if record is not None and record.run_id is not None:
        created = roles.filter(pk=role.key).first()
        if created is not None:
            return created
    return roles.filter(normalized_name=role.normalized_name).first()


def _repoint(result: RoleImport, planned_key: Any, key: Any) -> None:
    for source_key, known in list(result.keys.items()):
        if known == planned_key:
            if key is None:
                del result.keys[source_key]
            else:
                result.keys[source_key] = key


def _create(
    role: PlannedRole, target: Target, run_id: int | None, half: bytes, result: RoleImport
) -> None:
    using = target.using
    key, made_by = role.key, run_id
    if Role.objects.using(using).filter(pk=key).exists():
        # Another role has this key. With a key of its own it is found by its name from now on.
        key, made_by = _free_key(role.key, using), None
        _repoint(result, role.key, key)
        message = f"The target has another role of this Id; this one comes in as {key}."
        result.issues.append(issue("role_exists", _ROLES, role.key, message))
    Role.objects.using(using).bulk_create(
        [
            Role(
                id=key,
                name=role.name,
                normalized_name=role.normalized_name,
                concurrency_stamp=role.concurrency_stamp or new_concurrency_stamp(),
            )
        ]
    )
    RoleClaim.objects.using(using).bulk_create(
        [
            RoleClaim(role_id=key, claim_type=claim_type, claim_value=claim_value)
            for claim_type, claim_value in role.claims
        ]
    )
    if role.undeclared:
        UndeclaredColumns.objects.using(using).filter(table=_ROLES, key=str(key)).delete()
        UndeclaredColumns.objects.using(using).create(
            table=_ROLES, key=str(key), columns=role.undeclared
        )
    ImportedRecord.objects.using(using).create(
        kind="role", key=str(role.key), run_id=made_by, fingerprint=join(half, half)
    )


def _free_key(key: Any, using: str) -> Any:
    if isinstance(key, int):
        largest = Role.objects.using(using).aggregate(largest=models.Max("pk"))["largest"]
        return max(largest or 0, 0) + 1
    return str(uuid.uuid4())


def _meet_existing(
    role: PlannedRole,
    present: Role,
    policies: Mapping[str, Policy],
    counters: Counters,
    result: RoleImport,
) -> bool:
    """Decide about a role that the target has already; True if the claims are to be merged."""
    from .conflicts import ConflictFailure

    policy = policies["role_exists"]
    if policy == "fail":
        raise ConflictFailure(
            f"role_exists: {_ROLES} {role.key}. The policy for it is fail; --on-conflict "
            "role_exists=overwrite makes the two roles one."
        )
    message = f"The target has this role as {present.pk}; members of both are members of that one."
    result.issues.append(issue("role_exists", _ROLES, role.key, message))
    return policy == "overwrite"


def _name_is_taken(role: PlannedRole, present: Role, target: Target) -> bool:
    namesakes = Role.objects.using(target.using).filter(normalized_name=role.normalized_name)
    return namesakes.exclude(pk=present.pk).exists()


def _merge_claims(
    role: PlannedRole,
    present: Role,
    last_read: frozenset[bytes],
    target: Target,
    counters: Counters,
    *,
    write: bool,
) -> None:
    claims = RoleClaim.objects.using(target.using).filter(role=present).order_by("pk")
    have = list(claims.values_list("claim_type", "claim_value", "pk"))
    there = dict(zip(row_prints([copy_line(row[:2]) for row in have]), have, strict=True))
    wanted = dict(zip(row_prints(list(map(copy_line, role.claims))), role.claims, strict=True))
    new = [row for one, row in wanted.items() if one not in last_read and one not in there]
    gone = [there[one][2] for one in last_read if one not in wanted and one in there]
    if write:
        RoleClaim.objects.using(target.using).bulk_create(
            [RoleClaim(role=present, claim_type=one, claim_value=value) for one, value in new]
        )
        RoleClaim.objects.using(target.using).filter(pk__in=gone).delete()
    counters.add(
        "role_claims", created=len(new), unchanged=len(role.claims) - len(new), removed=len(gone)
    )
