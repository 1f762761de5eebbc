"""The tables of every generation, as the names their makers gave them.

Each logical column (the attribute of our models) lists the names it has in the wild, in order
of preference: ASP.NET Core Identity, ASP.NET Identity 2.x and 1.0, ABP, aspnetboilerplate.
Sources: docs of the schemas, ``IdentityDbContext``, ABP's and ASP.NET Zero's migrations,
aspnet_regsql.sql, WebMatrix.WebData.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class TableShape:
    """What a table must look like to be taken for the logical one."""

    columns: Mapping[str, tuple[str, ...]]
    required: frozenset[str]
    """Logical columns without which a table is not this one."""
    names: tuple[str, ...]
    """Names the makers gave the table, best first."""
    by_columns: bool = True
    """The columns alone identify the table; otherwise its name must be a known one too."""


def _shape(
    columns: dict[str, str], required: str, names: str, *, by_columns: bool = True
) -> TableShape:
    return TableShape(
        columns={logical: tuple(physical.split()) for logical, physical in columns.items()},
        required=frozenset(required.split()),
        names=tuple(names.split()),
        by_columns=by_columns,
    )


_USER_ID = "UserId User_Id"

IDENTITY_TABLES: Mapping[str, TableShape] = {
    "users": _shape(
        {
            "id": "Id",
            "username": "UserName",
            "normalized_username": "NormalizedUserName",
            "email": "Email EmailAddress",
            "normalized_email": "NormalizedEmail NormalizedEmailAddress",
            "email_confirmed": "EmailConfirmed IsEmailConfirmed",
            "password": "PasswordHash Password",
            "security_stamp": "SecurityStamp",
            "concurrency_stamp": "ConcurrencyStamp",
            "phone_number": "PhoneNumber",
            "phone_number_confirmed": "PhoneNumberConfirmed IsPhoneNumberConfirmed",
            "two_factor_enabled": "TwoFactorEnabled IsTwoFactorEnabled",
            "lockout_end": "LockoutEnd",
            "lockout_end_date_utc": "LockoutEndDateUtc",
            "lockout_enabled": "LockoutEnabled IsLockoutEnabled",
            "access_failed_count": "AccessFailedCount",
            "discriminator": "Discriminator",
            "is_active": "IsActive",
            "is_deleted": "IsDeleted",
        },
        "id username password security_stamp",
        "AspNetUsers AbpUsers Users User IdentityUsers",
    ),
    "roles": _shape(
        {
            "id": "Id",
            "name": "Name",
            "normalized_name": "NormalizedName",
            "concurrency_stamp": "ConcurrencyStamp",
        },
        "id name",
        "AspNetRoles AbpRoles Roles Role IdentityRoles",
        by_columns=False,
    ),
    "user_roles": _shape(
        {"user_id": _USER_ID, "role_id": "RoleId Role_Id"},
        "user_id role_id",
        "AspNetUserRoles AbpUserRoles UserRoles UserRole UsersRoles IdentityUserRoles",
        by_columns=False,
    ),
    "user_claims": _shape(
        {
            "id": "Id",
            "user_id": _USER_ID,
            "claim_type": "ClaimType",
            "claim_value": "ClaimValue",
        },
        "user_id claim_type claim_value",
        "AspNetUserClaims AbpUserClaims UserClaims UserClaim IdentityUserClaims",
    ),
    "role_claims": _shape(
        {
            "id": "Id",
            "role_id": "RoleId Role_Id",
            "claim_type": "ClaimType",
            "claim_value": "ClaimValue",
        },
        "role_id claim_type claim_value",
        "AspNetRoleClaims AbpRoleClaims RoleClaims RoleClaim IdentityRoleClaims",
    ),
    "user_logins": _shape(
        {
            "login_provider": "LoginProvider",
            "provider_key": "ProviderKey",
            "provider_display_name": "ProviderDisplayName",
            "user_id": _USER_ID,
        },
        "login_provider provider_key user_id",
        "AspNetUserLogins AbpUserLogins UserLogins UserLogin IdentityUserLogins",
    ),
    "user_tokens": _shape(
        {
            "user_id": _USER_ID,
            "login_provider": "LoginProvider",
            "name": "Name",
            "value": "Value",
        },
        "user_id login_provider name value",
        "AspNetUserTokens AbpUserTokens UserTokens UserToken IdentityUserTokens",
    ),
    "user_passkeys": _shape(
        {"credential_id": "CredentialId", "user_id": _USER_ID, "data": "Data"},
        "credential_id user_id data",
        "AspNetUserPasskeys AbpUserPasskeys UserPasskeys UserPasskey IdentityUserPasskeys",
    ),
}

MEMBERSHIP_TABLES: Mapping[str, TableShape] = {
    "membership_users": _shape(
        {
            "application_id": "ApplicationId",
            "id": "UserId",
            "username": "UserName",
            "mobile_alias": "MobileAlias",
            "is_anonymous": "IsAnonymous",
            "last_activity_date": "LastActivityDate",
        },
        "application_id id username is_anonymous",
        "aspnet_Users Users",
    ),
    "membership": _shape(
        {
            "user_id": "UserId",
            "password": "Password",
            "password_format": "PasswordFormat",
            "password_salt": "PasswordSalt",
            "mobile_pin": "MobilePIN",
            "email": "Email",
            "password_question": "PasswordQuestion",
            "is_approved": "IsApproved",
            "is_locked_out": "IsLockedOut",
            "create_date": "CreateDate",
            "last_login_date": "LastLoginDate",
            "last_password_changed_date": "LastPasswordChangedDate",
            "last_lockout_date": "LastLockoutDate",
            "access_failed_count": "FailedPasswordAttemptCount",
            "comment": "Comment",
        },
        "user_id password password_format password_salt is_approved is_locked_out",
        "aspnet_Membership Memberships",
    ),
    "applications": _shape(
        {"application_id": "ApplicationId", "application_name": "ApplicationName"},
        "application_id application_name",
        "aspnet_Applications Applications",
    ),
    "membership_roles": _shape(
        {
            "id": "RoleId",
            "name": "RoleName",
            "application_id": "ApplicationId",
            "description": "Description",
        },
        "id name application_id",
        "aspnet_Roles Roles",
    ),
    "membership_user_roles": _shape(
        {"user_id": "UserId", "role_id": "RoleId"},
        "user_id role_id",
        "aspnet_UsersInRoles UsersInRoles",
        by_columns=False,
    ),
    "profiles": _shape(
        {
            "user_id": "UserId",
            "property_names": "PropertyNames",
            "property_strings": "PropertyValuesString PropertyValueStrings",
            "property_binary": "PropertyValuesBinary PropertyValueBinary",
        },
        "user_id property_names property_strings property_binary",
        "aspnet_Profile Profiles",
    ),
}

SIMPLE_MEMBERSHIP_TABLES: Mapping[str, TableShape] = {
    "user_profile": _shape(
        {"id": "UserId Id", "username": "UserName Email", "email": "Email"},
        "id username",
        "UserProfile UserProfiles Users",
        by_columns=False,
    ),
    "webpages_membership": _shape(
        {
            "user_id": "UserId",
            "password": "Password",
            "create_date": "CreateDate",
            "is_confirmed": "IsConfirmed",
            "access_failed_count": "PasswordFailuresSinceLastSuccess",
            "last_password_failure_date": "LastPasswordFailureDate",
            "last_password_changed_date": "PasswordChangedDate",
        },
        "user_id password is_confirmed access_failed_count",
        "webpages_Membership",
    ),
    "webpages_oauth": _shape(
        {
            "login_provider": "Provider",
            "provider_key": "ProviderUserId",
            "user_id": "UserId",
        },
        "login_provider provider_key user_id",
        "webpages_OAuthMembership",
    ),
    "webpages_roles": _shape(
        {"id": "RoleId", "name": "RoleName"}, "id name", "webpages_Roles", by_columns=False
    ),
    "webpages_user_roles": _shape(
        {"user_id": "UserId", "role_id": "RoleId"},
        "user_id role_id",
        "webpages_UsersInRoles",
        by_columns=False,
    ),
}
