"""Give the rows of the side tables to their users; say which have none. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from identity_bridge.aspnet import one_time_codes, passkey_data, recovery_codes
from identity_bridge.aspnet.claim_types import ROLE
from identity_bridge.aspnet.errors import CodeError, PasskeyDataError

from .conversion import to_text
from .issues import issue
from .records import CHILD_FIELDS, TARGET_TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .plan import PlannedBatch, PlanOptions
    from .records import PlannedUser

_INTERNAL = "[AspNetUserStore]"
_OWNER = {"user_roles": 0, "user_claims": 1, "user_logins": 3, "user_tokens": 0, "user_passkeys": 1}
_ORPHAN = {
    "user_roles": "orphan_user_role",
    "user_claims": "orphan_user_claim",
    "user_logins": "orphan_user_login",
    "user_tokens": "orphan_user_token",
    "user_passkeys": "orphan_user_passkey",
}
_TEXTS = {"user_claims": (2, 3), "user_logins": (0, 1, 2), "user_tokens": (1, 2, 3)}
_TEXT_OR_NONE = frozenset({str, type(None)})
_ROLE_TYPES = frozenset({"role", "roles", ROLE})


class ChildPlanner:
    """Plans memberships, claims, logins, tokens and passkeys."""

    def __init__(self, options: PlanOptions) -> None:
        self.options = options
        self._planners = {
            "user_roles": self._membership,
            "user_claims": self._claim,
            "user_logins": self._login,
            "user_tokens": self._token,
            "user_passkeys": self._passkey,
        }

    def attach(
        self,
        users: Mapping[Any, PlannedUser],
        children: Mapping[str, Sequence[tuple[Any, ...]]],
        batch: PlannedBatch,
    ) -> None:
        """Put each row with the user it names; a row of nobody is reported and left behind."""
        folded = self._folded(users) if self.options.case_insensitive_keys else {}
        for one in users.values():
            one.children = {table: [] for table in CHILD_FIELDS}
        for table, rows in children.items():
            owner_at, plan = _OWNER[table], self._planners[table]
            if self.options.layout.dialect == "sqlite" and table in _TEXTS:
                rows = _with_texts(table, rows)
            batch.source_rows[table] = len(rows)
            skipped = 0
            for row in rows:
                owner = row[owner_at]
                user = users.get(owner)
                if user is None and folded and isinstance(owner, str):
                    user = folded.get(owner.rstrip(" ").casefold())
                if user is None:
                    self._report_orphan(table, row, batch)
                    skipped += 1
                elif (planned := plan(user, row, batch)) is None:
                    skipped += 1
                else:
                    user.children[table].append(planned)
            if skipped:
                batch.skipped[table] = skipped

    @staticmethod
    def _folded(users: Mapping[Any, PlannedUser]) -> dict[str, PlannedUser]:
        """Return the users under keys as a collation blind to case sees them."""
        return {
            key.rstrip(" ").casefold(): user for key, user in users.items() if isinstance(key, str)
        }

    def _report_orphan(self, table: str, row: tuple[Any, ...], batch: PlannedBatch) -> None:
        missing = "user"
        if table == "user_roles" and row[1] not in self.options.role_keys:
            missing = "user and the role"
        self._note(
            batch,
            _ORPHAN[table],
            table,
            _key_of(table, row),
            f"The {missing} it names do not exist; the row stays behind."
            if " and " in missing
            else "The user it names does not exist; the row stays behind.",
        )

    @staticmethod
    def _note(batch: PlannedBatch, code: str, table: str, key: str, message: str) -> None:
        batch.issues.append(issue(code, TARGET_TABLES[table], key, message))

    def _membership(
        self, user: PlannedUser, row: tuple[Any, ...], batch: PlannedBatch
    ) -> tuple[Any, ...] | None:
        role = self.options.role_keys.get(row[1])
        key = _key_of("user_roles", row)
        if role is None:
            if row[1] in self.options.nameless_roles:
                code, why = "membership_of_nameless_role", "The role has no name and was left out"
            else:
                code, why = "orphan_user_role", "The role it names does not exist"
            self._note(batch, code, "user_roles", key, f"{why}; the row stays behind.")
            return None
        planned = (user.key, role)
        if role in self.options.guarded_roles and not self.options.allow_privileged:
            user.withheld.append(planned)
            self._note(
                batch,
                "privileged_membership",
                "user_roles",
                key,
                "This project gave the role Django permissions; --allow-privileged takes the row.",
            )
            return None
        if planned in user.children["user_roles"]:
            self._note(
                batch, "duplicate_row", "user_roles", key, "The same membership stands there twice."
            )
            return None
        return planned

    def _claim(
        self, user: PlannedUser, row: tuple[Any, ...], batch: PlannedBatch
    ) -> tuple[Any, ...] | None:
        _number, _owner, claim_type, claim_value = row
        if claim_type is None or claim_value is None:
            self._note(
                batch,
                "claim_null",
                "user_claims",
                _key_of("user_claims", row),
                "Type or value is NULL, with which .NET fails; kept, and left out of principals.",
            )
        elif claim_type in _ROLE_TYPES:
            self._note(
                batch,
                "privileged_user_claim",
                "user_claims",
                _key_of("user_claims", row),
                "A claim that names a role is no membership; it grants nothing here.",
            )
        return (user.key, claim_type, claim_value)

    def _login(
        self, user: PlannedUser, row: tuple[Any, ...], batch: PlannedBatch
    ) -> tuple[Any, ...] | None:
        return (user.key, row[0], row[1], row[2])

    def _token(
        self, user: PlannedUser, row: tuple[Any, ...], batch: PlannedBatch
    ) -> tuple[Any, ...] | None:
        _owner, provider, name, value = row
        if provider == _INTERNAL and value:
            if name == "AuthenticatorKey":
                try:
                    usable = bool(one_time_codes.decode_authenticator_key(value))
                except CodeError:
                    usable = False
                if not usable:
                    self._note(
                        batch,
                        "totp_key_invalid",
                        "user_tokens",
                        _key_of("user_tokens", row),
                        "The authenticator key is not base32: no app can use it. The user comes in"
                        " without this factor.",
                    )
                    return None
            elif name == "RecoveryCodes":
                codes = recovery_codes.split(value)
                clean = tuple(dict.fromkeys(code for code in codes if code.strip()))
                if clean != tuple(codes):
                    self._note(
                        batch,
                        "recovery_codes_malformed",
                        "user_tokens",
                        _key_of("user_tokens", row),
                        f"{len(codes)} entries, {len(clean)} usable; the others are dropped.",
                    )
                    value = recovery_codes.join(clean)
        return (user.key, provider, name, value)

    def _passkey(
        self, user: PlannedUser, row: tuple[Any, ...], batch: PlannedBatch
    ) -> tuple[Any, ...] | None:
        credential_id, _owner, data = row
        try:
            parsed = passkey_data.parse(data)
            written = passkey_data.to_json(parsed, dialect=self.options.passkey_dialect)  # type: ignore[arg-type]
        except PasskeyDataError as error:
            self._note(
                batch,
                "passkey_unreadable",
                "user_passkeys",
                _key_of("user_passkeys", row),
                f"{error}; the passkey stays behind, the user needs to add it again.",
            )
            return None
        return (user.key, bytes(credential_id), written)


def _with_texts(table: str, rows: Sequence[tuple[Any, ...]]) -> Sequence[tuple[Any, ...]]:
    """Return rows with text in their columns of text: SQLite keeps whatever it is given."""
    places = _TEXTS[table]
    kinds = {type(row[at]) for row in rows for at in places}
    if kinds <= _TEXT_OR_NONE:
        return rows
    return [
        tuple(to_text(value) if at in places else value for at, value in enumerate(row))
        for row in rows
    ]


def _key_of(table: str, row: tuple[Any, ...]) -> str:
    """Return what names a row in a report, without any secret."""
    if table == "user_logins":
        return f"{row[0]}/{row[1]}"
    if table == "user_passkeys":
        return bytes(row[0] or b"").hex()[:32]
    if table == "user_claims":
        return f"{row[0]} of {row[1]}"
    if table == "user_tokens":
        return f"{row[0]}/{row[1]}/{row[2]}"
    return f"{row[0]}/{row[1]}"
