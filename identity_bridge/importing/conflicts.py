"""Decide about users whose name, e-mail address, login or passkey somebody else has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from identity_bridge.exceptions import ImportFailed
from identity_bridge.models import UserLogin, UserPasskey

from .issues import Issue, issue
from .names import settle_names
from .records import TARGET_TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .counters import Counters
    from .policies import Policy
    from .records import PlannedUser
    from .target import Target

_USERS = TARGET_TABLES["users"]
_KEPT = {"user_logins": "login_taken", "user_passkeys": "credential_taken"}


class ConflictFailure(ImportFailed):
    """A conflict whose policy is ``fail``."""

    code: ClassVar[str] = "conflict"


class ConflictResolver:
    """Applies the policies; one statement a kind of conflict and batch."""

    def __init__(
        self, target: Target, policies: Mapping[str, Policy], *, unique_email: bool
    ) -> None:
        self.target = target
        self.policies = policies
        self.unique_email = unique_email

    def settle(
        self, users: Sequence[PlannedUser], issues: list[Issue], counters: Counters, *, write: bool
    ) -> None:
        """Change the planned users so that they can come in; say what was changed."""
        if not users:
            return
        self._names(users, issues, write=write)
        if self.unique_email:
            self._emails(users, issues, write=write)
        self._rows(users, "user_logins", slice(1, 3), issues, counters, write=write)
        self._rows(users, "user_passkeys", 1, issues, counters, write=write)

    def policy(self, reason: str, table: str, key: object) -> Policy:
        """Return the policy for a conflict.

        :raises ConflictFailure: it is ``fail``.
        """
        policy = self.policies[reason]
        if policy == "fail":
            raise ConflictFailure(
                f"{reason}: {table} {key}. The policy for it is fail; --on-conflict {reason}=skip "
                "or =overwrite lets the import go on."
            )
        return policy

    def _names(self, users: Sequence[PlannedUser], issues: list[Issue], *, write: bool) -> None:
        found: dict[str, dict[str, Any]] = {}
        for column in ("username", "normalized_username"):
            wanted = {name for user in users if (name := user.get(column)) is not None}
            if column == "normalized_username":
                wanted |= {user.stored_normalized for user in users if user.stored_normalized}
            owners = self.target.owners_of_names(column, sorted(wanted))
            for name, owner in list(owners.items()):
                if self.policy("username_taken", _USERS, owner) == "overwrite":
                    self.take_name(column, name, owner, issues, write=write)
                    del owners[name]
            found[column] = owners
        issues += settle_names(
            users,
            taken_names=found["username"],
            taken_normalized=found["normalized_username"],
        )

    def take_name(
        self, column: str, name: str, owner: Any, issues: list[Issue], *, write: bool
    ) -> None:
        """Take a name from the account of the target that has it."""
        if write:
            changes: dict[str, Any] = {"normalized_username": None}
            if column == "username":
                changes["username"] = f"{name[:200]}~{owner}"[:256]
            self.target.user_model._default_manager.using(self.target.using).filter(
                pk=owner
            ).update(**changes)
        issues.append(
            issue(
                "username_taken",
                _USERS,
                owner,
                "Lost its user name to an account of the source, as --on-conflict asked.",
            )
        )

    def take_email(self, owner: Any, issues: list[Issue], *, write: bool) -> None:
        """Let an account of the target be found by its e-mail address no longer."""
        if write:
            self.target.user_model._default_manager.using(self.target.using).filter(
                pk=owner
            ).update(normalized_email=None, email_confirmed=False)
        issues.append(issue("email_taken", _USERS, owner, "Cannot be found by e-mail now."))

    def _emails(self, users: Sequence[PlannedUser], issues: list[Issue], *, write: bool) -> None:
        wanted = {email for user in users if (email := user.get("normalized_email"))}
        owners = self.target.owners_of_emails(sorted(wanted))
        seen: dict[str, Any] = dict(owners)
        for user in users:
            email = user.get("normalized_email")
            if not email:
                continue
            if email in seen and seen[email] != user.key:
                policy = self.policy("email_taken", _USERS, user.key)
                if email in owners and policy == "overwrite":
                    self.take_email(owners[email], issues, write=write)
                else:
                    user.set("normalized_email", None)
                    user.set("email_confirmed", False)
                    user.open_columns |= {"normalized_email", "email_confirmed"}
                    issues.append(
                        issue(
                            "email_taken",
                            _USERS,
                            user.key,
                            "Another account has this e-mail address; this one keeps the text of it"
                            " but cannot be found by it.",
                        )
                    )
                    continue
            seen[email] = user.key

    def _rows(
        self,
        users: Sequence[PlannedUser],
        table: str,
        own_key: Any,
        issues: list[Issue],
        counters: Counters,
        *,
        write: bool,
    ) -> None:
        """Leave out logins or passkeys that belong to another user."""
        rows = [row for user in users for row in user.children[table]]
        if not rows:
            return
        if table == "user_logins":
            owners: dict[Any, Any] = self.target.owners_of_logins([row[1:3] for row in rows])
        else:
            owners = self.target.owners_of_passkeys([row[1] for row in rows])
        code = _KEPT[table]
        seen = dict(owners)
        for user in users:
            if not user.children[table]:
                continue
            kept = []
            for row in user.children[table]:
                key = row[own_key]
                if key not in seen or (seen[key] == user.key and key not in owners):
                    seen[key] = user.key
                    kept.append(row)
                    continue
                shown = key.hex()[:32] if isinstance(key, bytes) else "/".join(key)
                name = TARGET_TABLES[table]
                if key in owners and self.policy(code, name, shown) == "overwrite":
                    if write:
                        self.remove_row(table, key)
                    owners.pop(key)
                    seen[key] = user.key
                    kept.append(row)
                    message = "Moved from the user who had it, as --on-conflict asked."
                else:
                    counters.add(table, skipped=1)
                    message = "Belongs to another user; it stays there."
                issues.append(issue(code, name, shown, message))
            if len(kept) < len(user.children[table]):
                user.leave_open(table, [row for row in user.children[table] if row not in kept])
                user.replace_children(table, kept)

    def remove_row(self, table: str, key: Any) -> None:
        """Take a login or passkey from whoever has it."""
        using = self.target.using
        if table == "user_logins":
            UserLogin.objects.using(using).filter(
                login_provider=key[0], provider_key=key[1]
            ).delete()
        else:
            UserPasskey.objects.using(using).filter(credential_id=key).delete()
