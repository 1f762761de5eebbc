"""Who gets a user name when two accounts want it. Pure.

No account stays behind for its name. One that cannot own its normalised name comes in without:
its owner signs in by the exact spelling, which find_by_name prefers. One whose very spelling is
taken comes in under a name of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .issues import Issue, issue
from .records import TARGET_TABLES

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from .records import PlannedUser

_USERS = TARGET_TABLES["users"]
_MAX_NAME = 256


def settle_names(
    users: Sequence[PlannedUser],
    *,
    taken_names: Container[str],
    taken_normalized: Container[str],
) -> list[Issue]:
    """Give each user a name that nobody has; return what had to be changed.

    ``taken_*`` are the names of other users in the target. Users whose stored normalised name
    is .NET's own choose first.
    """
    issues: list[Issue] = []
    names: set[str] = set()
    normalized: set[str] = set()
    in_order = sorted(users, key=lambda user: user.stored_normalized != user.wanted_normalized)
    for user in in_order:
        name = user.get("username")
        if name is not None and (name in names or name in taken_names):
            name = _another_name(user, name, names, taken_names)
            issues.append(
                issue(
                    "username_taken",
                    _USERS,
                    user.key,
                    f"Another account has this user name; this one comes in as {name!r}.",
                )
            )
            user.set("username", name)
            user.set("normalized_username", None)
            user.open_columns |= {"username", "normalized_username"}
        elif name is not None:
            issues.extend(_settle_normalized(user, normalized, taken_normalized))
        if name is not None:
            names.add(name)
        if (own := user.get("normalized_username")) is not None:
            normalized.add(own)
    return issues


def _settle_normalized(user: PlannedUser, in_batch: set[str], taken: Container[str]) -> list[Issue]:
    wanted = user.get("normalized_username")
    if wanted is None or not (wanted in in_batch or wanted in taken):
        return []
    user.open_columns.add("normalized_username")
    stored = user.stored_normalized
    if stored is not None and stored != wanted and not (stored in in_batch or stored in taken):
        user.set("normalized_username", stored)
        return [
            issue(
                "unicode_form_duplicates",
                _USERS,
                user.key,
                "The name of another account is the same to .NET's normaliser; both stay, this one"
                " keeps the look-up name it had and signs in by its exact spelling.",
            )
        ]
    user.set("normalized_username", None)
    return [
        issue(
            "duplicate_normalized_user_name",
            _USERS,
            user.key,
            "Another account has this name in another spelling; both stay, this one signs in by"
            " its exact spelling only.",
        )
    ]


def _another_name(user: PlannedUser, name: str, in_batch: set[str], taken: Container[str]) -> str:
    tail = f"@{user.suffix}" if user.suffix else "~2"
    number = 2
    while True:
        candidate = name[: _MAX_NAME - len(tail)] + tail
        if candidate not in in_batch and candidate not in taken:
            return candidate
        number += 1
        tail = f"~{number}"
