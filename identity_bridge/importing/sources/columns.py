"""The order of the values in the rows a source gives.

Every source gives the same columns, whatever its generation; one it lacks is None. Key columns
come as .NET prints keys: Guids in lower case with dashes, integers as int, anything else as is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

USER_COLUMNS = (
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
    "lockout_end_date_utc",
    "lockout_enabled",
    "access_failed_count",
    "discriminator",
    "is_active",
    "is_deleted",
)
"""Columns of a user. Where ``Source.has_extras("users")`` one more value follows: a dict.

In the dict of Identity and ABP databases the keys are the physical names of custom columns. Of
SimpleMembership: ``SIMPLE_MEMBERSHIP_EXTRAS`` and custom columns of UserProfile; of Membership:
``MEMBERSHIP_EXTRAS``.

``password`` of Membership is ``Password|PasswordFormat|PasswordSalt``; split it from the right,
a clear password may hold the bar. None where there is no aspnet_Membership row.
``lockout_end`` and ``lockout_end_date_utc`` come as the source prints them, never as datetime.
A row of a half-migrated 2.x database (IDENTITY_2_HYBRID) with a ``normalized_username`` is
migrated: its ``lockout_end`` counts and its ``lockout_end_date_utc`` is stale; without one it is
the other way round.
"""

ROLE_COLUMNS = ("id", "name", "normalized_name", "concurrency_stamp")
"""Columns of a role; a dict of custom columns follows where ``has_extras("roles")``. Roles of
Membership: ``application_id application_name description``."""

USER_ROLE_COLUMNS = ("user_id", "role_id")
USER_CLAIM_COLUMNS = ("id", "user_id", "claim_type", "claim_value")
ROLE_CLAIM_COLUMNS = ("id", "role_id", "claim_type", "claim_value")
USER_LOGIN_COLUMNS = ("login_provider", "provider_key", "provider_display_name", "user_id")
USER_TOKEN_COLUMNS = ("user_id", "login_provider", "name", "value")
USER_PASSKEY_COLUMNS = ("credential_id", "user_id", "data")
"""``credential_id`` is bytes, ``data`` the JSON text."""

CHILD_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "user_roles": USER_ROLE_COLUMNS,
    "user_claims": USER_CLAIM_COLUMNS,
    "role_claims": ROLE_CLAIM_COLUMNS,
    "user_logins": USER_LOGIN_COLUMNS,
    "user_tokens": USER_TOKEN_COLUMNS,
    "user_passkeys": USER_PASSKEY_COLUMNS,
}

CHILD_ORDER: Mapping[str, tuple[str, ...]] = {
    "user_roles": ("user_id", "role_id"),
    "user_claims": ("user_id", "id"),
    "role_claims": ("role_id", "id"),
    "user_logins": ("user_id", "login_provider", "provider_key"),
    "user_tokens": ("user_id", "login_provider", "name"),
    "user_passkeys": ("user_id", "credential_id"),
}
"""How the rows are ordered; the first is the column whose range is read."""

MEMBERSHIP_EXTRAS = (
    "application_id",
    "application_name",
    "has_membership_row",
    "is_approved",
    "is_locked_out",
    "is_anonymous",
    "password_question",
    "comment",
    "mobile_alias",
    "mobile_pin",
    "create_date",
    "last_login_date",
    "last_activity_date",
    "last_password_changed_date",
    "last_lockout_date",
    "profile",
)
"""``profile`` is a dict of the aspnet_Profile properties ({} without a row). 1754-01-01 in a date
means never. PasswordAnswer, a second secret that nothing of ours can use, is not read."""

SIMPLE_MEMBERSHIP_EXTRAS = (
    "has_membership_row",
    "is_confirmed",
    "create_date",
    "last_password_failure_date",
    "last_password_changed_date",
)
"""An account without a webpages_Membership row signs in with external logins only."""
