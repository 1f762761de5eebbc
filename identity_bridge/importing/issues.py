"""What an import may have to say about a record: every code, how grave it is, what it means.

Pure. docs/reference/import-issues.md describes each code for the person who reads the report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How grave an issue is; the worst one decides the command's exit code."""

    INFO = "info"
    """Odd, handled, nothing to do."""
    ATTENTION = "attention"
    """A person should look: something did not come in, or will not work as it is."""
    ERROR = "error"
    """A record failed."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding about one record. The message holds no password, hash, token or key."""

    code: str
    severity: Severity
    table: str
    key: str
    message: str

    def as_dict(self) -> dict[str, str]:
        return {
            "code": self.code,
            "severity": self.severity.value,
            "table": self.table,
            "key": self.key,
            "message": self.message,
        }


_NOT_STORABLE = re.compile("[\0\ud800-\udfff]")

_INFO, _ATTENTION, _ERROR = Severity.INFO, Severity.ATTENTION, Severity.ERROR

SEVERITIES: dict[str, Severity] = {
    # Keys and names
    "empty_id": _INFO,
    "null_id": _ERROR,
    "ids_differ_by_trailing_space": _INFO,
    "empty_user_name": _ATTENTION,
    "user_name_null": _ATTENTION,
    "normalized_mismatch": _INFO,
    "duplicate_normalized_user_name": _ATTENTION,
    "unicode_form_duplicates": _ATTENTION,
    "name_not_normalizable": _ATTENTION,
    # Columns
    "boolean_as_text": _INFO,
    "text_of_other_type": _ATTENTION,
    "boolean_unreadable": _ATTENTION,
    "integer_as_text": _ATTENTION,
    "lockout_end_unreadable": _ATTENTION,
    "lockout_end_without_offset": _INFO,
    "lockout_end_iso_format": _INFO,
    "lockout_end_other_offset": _INFO,
    "null_security_stamp": _INFO,
    "value_too_long": _ERROR,
    "disabled_by_custom_column": _ATTENTION,
    "undeclared_columns": _INFO,
    "value_not_convertible": _ATTENTION,
    # Passwords
    "hash_empty": _ATTENTION,
    "hash_not_base64": _ATTENTION,
    "hash_unknown_format": _ATTENTION,
    "hash_invalid": _ATTENTION,
    "hash_iterations_over_cap": _ATTENTION,
    "hash_with_spaces": _INFO,
    "hash_of_django": _INFO,
    "password_in_clear": _ATTENTION,
    "password_encrypted_with_machine_key": _ATTENTION,
    # Accounts that could not sign in before and cannot now
    "not_approved": _INFO,
    "locked_out": _INFO,
    "anonymous": _INFO,
    "no_membership_row": _INFO,
    "not_confirmed": _INFO,
    "inactive": _INFO,
    "deleted": _INFO,
    # Second factors
    "totp_key_invalid": _ATTENTION,
    "recovery_codes_malformed": _INFO,
    "passkey_unreadable": _ATTENTION,
    # Claims and roles
    "claim_null": _INFO,
    "privileged_user_claim": _INFO,
    "privileged_role": _INFO,
    "privileged_account": _ATTENTION,
    "privileged_membership": _ATTENTION,
    "role_without_name": _ATTENTION,
    "duplicate_normalized_role_name": _ATTENTION,
    # Rows whose user or role does not exist
    "orphan_user_role": _ATTENTION,
    "orphan_user_claim": _ATTENTION,
    "orphan_user_login": _ATTENTION,
    "orphan_user_token": _ATTENTION,
    "orphan_user_passkey": _ATTENTION,
    "orphan_role_claim": _ATTENTION,
    "membership_of_nameless_role": _ATTENTION,
    "duplicate_row": _INFO,
    # Conflicts with what the target has
    "user_exists": _ATTENTION,
    "username_taken": _ATTENTION,
    "email_taken": _ATTENTION,
    "login_taken": _ATTENTION,
    "credential_taken": _ATTENTION,
    "role_exists": _INFO,
    "changed_on_both_sides": _ATTENTION,
    "concurrent_change": _ATTENTION,
    "deleted_in_django": _INFO,
    "deleted_at_source": _ATTENTION,
    # The target refused a record
    "record_failed": _ERROR,
    # Undo
    "touched_since_import": _ATTENTION,
    # Verification
    "verification_failed": _ERROR,
    "changed_during_run": _INFO,
    "source_warning": _INFO,
}


def issue(code: str, table: str, key: object, message: str) -> Issue:
    """Make an issue of a known code."""
    return Issue(code, SEVERITIES[code], table, storable(str(key)), storable(message))


def storable(text: str) -> str:
    """Return a text that every database takes: no NUL, no half of a surrogate pair.

    A broken key must not keep the issue about it from being written down.
    """
    if text.isascii() and "\0" not in text:
        return text
    return _NOT_STORABLE.sub("\ufffd", text)
