"""Which columns and stamps each operation of UserManager changes, as measured on .NET."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from identity_bridge.aspnet import date_times
from identity_bridge.aspnet.hash_blob import Blob
from identity_bridge.claims.principal import Claim
from identity_bridge.fields import encoded_from_column
from identity_bridge.models import Role
from identity_bridge.users import (
    accounts,
    authenticator,
    claims,
    emails,
    lockout,
    logins,
    passwords,
    phone_numbers,
    recovery_codes,
    roles,
    stamps,
    tokens,
    two_factor,
)
from identity_bridge.users.results import IdentityResult
from tests.fixtures_data import load_json
from tests.signin.scenarios import rows

PASSWORD = "Str0ng-enough"
V2 = Blob.create(PASSWORD, version=2).encode()
GITHUB = logins.LoginInfo(login_provider="GitHub", provider_key="1")
GOOGLE = logins.LoginInfo(login_provider="Google", provider_key="2")

#: operation -> (columns the user has before, the call)
OPERATIONS: dict[str, tuple[dict[str, Any], Callable[[Any], Any]]] = {
    "AddPasswordAsync": (
        {"password": "!"},
        lambda u: passwords.add_password(user=u, password=PASSWORD),
    ),
    "AddPasswordAsync (has one)": (
        {},
        lambda u: passwords.add_password(user=u, password=PASSWORD),
    ),
    "ChangePasswordAsync": (
        {},
        lambda u: passwords.change_password(user=u, current=PASSWORD, new="An0ther-one"),
    ),
    "ChangePasswordAsync (wrong old)": (
        {},
        lambda u: passwords.change_password(user=u, current="wrong", new="An0ther-one"),
    ),
    "ChangePasswordAsync (weak new)": (
        {},
        lambda u: passwords.change_password(user=u, current=PASSWORD, new="weak"),
    ),
    "RemovePasswordAsync": ({}, lambda u: passwords.remove_password(user=u)),
    "ResetPasswordAsync": ({}, lambda u: _reset(u, "An0ther-one")),
    "ResetPasswordAsync (same password)": ({}, lambda u: _reset(u, PASSWORD)),
    "ResetPasswordAsync (bad token)": (
        {},
        lambda u: passwords.reset_password(user=u, token="x", new=PASSWORD),
    ),
    "CheckPasswordAsync (ok)": ({}, lambda u: passwords.check_password(user=u, password=PASSWORD)),
    "CheckPasswordAsync (wrong)": ({}, lambda u: passwords.check_password(user=u, password="x")),
    "CheckPasswordAsync (old V2 hash)": (
        {"password": encoded_from_column(V2)},
        lambda u: passwords.check_password(user=u, password=PASSWORD),
    ),
    "CheckPasswordAsync (no hash)": (
        {"password": "!"},
        lambda u: passwords.check_password(user=u, password=PASSWORD),
    ),
    "CheckPasswordAsync (empty hash)": (
        {"password": ""},
        lambda u: passwords.check_password(user=u, password=PASSWORD),
    ),
    "SetUserNameAsync": ({}, lambda u: accounts.set_user_name(user=u, username="eve")),
    "SetUserNameAsync (same)": ({}, lambda u: accounts.set_user_name(user=u, username="ada")),
    "SetEmailAsync": ({}, lambda u: emails.set_email(user=u, email="new@example.com")),
    "ChangeEmailAsync": ({"email_confirmed": False}, lambda u: _change_email(u)),
    "ConfirmEmailAsync": ({"email_confirmed": False}, lambda u: _confirm(u)),
    "ConfirmEmailAsync (already)": ({}, lambda u: _confirm(u)),
    "SetPhoneNumberAsync": (
        {},
        lambda u: phone_numbers.set_phone_number(user=u, phone_number="+2"),
    ),
    "ChangePhoneNumberAsync": ({"phone_number_confirmed": False}, lambda u: _change_phone(u)),
    "SetTwoFactorEnabledAsync": (
        {},
        lambda u: two_factor.set_two_factor_enabled(user=u, enabled=True),
    ),
    "SetTwoFactorEnabledAsync (same)": (
        {},
        lambda u: two_factor.set_two_factor_enabled(user=u, enabled=False),
    ),
    "ResetAuthenticatorKeyAsync": ({}, lambda u: authenticator.reset_authenticator_key(user=u)),
    "GenerateNewTwoFactorRecoveryCodesAsync": (
        {},
        lambda u: len(recovery_codes.generate_recovery_codes(user=u, number=3)),
    ),
    "RedeemTwoFactorRecoveryCodeAsync": (
        {},
        lambda u: recovery_codes.redeem_recovery_code(user=u, code="AAAAA-AAAAA"),
    ),
    "AddLoginAsync": ({}, lambda u: logins.add_login(user=u, login=GOOGLE)),
    "AddLoginAsync (taken)": ({}, lambda u: logins.add_login(user=u, login=GITHUB)),
    "RemoveLoginAsync": (
        {},
        lambda u: logins.remove_login(user=u, login_provider="GitHub", provider_key="1"),
    ),
    "AddClaimAsync": ({}, lambda u: claims.add_claims(user=u, claims=[Claim("a", "b")])),
    "AddToRoleAsync": ({}, lambda u: roles.add_to_role(user=u, role="Other")),
    "AddToRoleAsync (already in it)": ({}, lambda u: roles.add_to_role(user=u, role="Member")),
    "RemoveFromRoleAsync (not in it)": ({}, lambda u: roles.remove_from_role(user=u, role="Other")),
    "SetAuthenticationTokenAsync": (
        {},
        lambda u: tokens.set_authentication_token(
            user=u, login_provider="Google", name="t", value="v"
        ),
    ),
    "RemoveAuthenticationTokenAsync": (
        {},
        lambda u: tokens.remove_authentication_token(user=u, login_provider="GitHub", name="t"),
    ),
    "SetLockoutEnabledAsync": (
        {"lockout_enabled": False},
        lambda u: lockout.set_lockout_enabled(user=u, enabled=True),
    ),
    "SetLockoutEndDateAsync": ({}, lambda u: lockout.set_lockout_end(user=u, end=timezone.now())),
    "SetLockoutEndDateAsync (lockout not enabled)": (
        {"lockout_enabled": False},
        lambda u: lockout.set_lockout_end(user=u, end=timezone.now()),
    ),
    "AccessFailedAsync": ({}, lambda u: lockout.access_failed(user=u)),
    "AccessFailedAsync (fifth)": (
        {"access_failed_count": 4},
        lambda u: lockout.access_failed(user=u),
    ),
    "AccessFailedAsync (fifth, lockout not enabled)": (
        {"access_failed_count": 4, "lockout_enabled": False},
        lambda u: lockout.access_failed(user=u),
    ),
    "ResetAccessFailedCountAsync": (
        {"access_failed_count": 4},
        lambda u: lockout.reset_access_failed_count(user=u),
    ),
    "ResetAccessFailedCountAsync (already 0)": (
        {},
        lambda u: lockout.reset_access_failed_count(user=u),
    ),
    "UpdateSecurityStampAsync": ({}, lambda u: stamps.update_security_stamp(user=u)),
    "UpdateAsync": ({}, lambda u: accounts.update(user=u)),
    "UpdateAsync (stale normalized name)": (
        {"normalized_username": "STALE", "normalized_email": "STALE"},
        lambda u: accounts.update(user=u),
    ),
    "UpdateAsync (null user name)": ({"username": None}, lambda u: accounts.update(user=u)),
}


def _reset(user: Any, new: str) -> IdentityResult:
    token = passwords.generate_password_reset_token(user=user)
    return passwords.reset_password(user=user, token=token, new=new)


def _confirm(user: Any) -> IdentityResult:
    token = emails.generate_email_confirmation_token(user=user)
    return emails.confirm_email(user=user, token=token)


def _change_email(user: Any) -> IdentityResult:
    token = emails.generate_change_email_token(user=user, new_email="n@example.com")
    return emails.change_email(user=user, new_email="n@example.com", token=token)


def _change_phone(user: Any) -> IdentityResult:
    token = phone_numbers.generate_change_phone_number_token(user=user, phone_number="+2")
    return phone_numbers.change_phone_number(user=user, phone_number="+2", token=token)


#: Ours differ, see docs/reference/differences.md, or belong to passkeys.
ELSEWHERE = {
    "CreateAsync": "test_a_new_user_gets_stamps_and_lockout",
    "CheckPasswordAsync (bcrypt hash)": "throws in .NET",
    "UpdateAsync (null security stamp)": "throws in .NET",
    "UpdateAsync (empty security stamp)": "is given a stamp here",
    "AddOrUpdatePasskeyAsync (add)": "passkeys",
    "AddOrUpdatePasskeyAsync (rename)": "passkeys",
    "RemovePasskeyAsync": "passkeys",
}


@pytest.fixture(autouse=True)
def _as_dotnet(settings: Any) -> None:
    settings.IDENTITY_BRIDGE = {"PASSWORD_UPGRADE": "aspnet", "PASSWORD_ITERATIONS": 1000}
    settings.PASSWORD_HASHERS = ["identity_bridge.passwords.hashers.AspNetIdentityPasswordHasher"]


@pytest.fixture
def prepare(db: None) -> Callable[..., Any]:
    def make(**columns: Any) -> Any:
        user = get_user_model()(
            username="ada", email="ada@example.com", email_confirmed=True, phone_number="+1",
            phone_number_confirmed=True,
        )  # fmt: skip
        assert accounts.create(user=user, password=PASSWORD).succeeded
        for name in ("Member", "Other"):
            Role.objects.create(name=name)
        for result in (
            logins.add_login(user=user, login=GITHUB),
            roles.add_to_role(user=user, role="Member"),
            tokens.set_authentication_token(
                user=user, login_provider="GitHub", name="t", value="v"
            ),
            tokens.set_authentication_token(
                user=user,
                login_provider="[AspNetUserStore]",
                name="RecoveryCodes",
                value="AAAAA-AAAAA;BBBBB-BBBBB",
            ),
        ):
            assert result.succeeded
        if columns:
            get_user_model().objects.filter(pk=user.pk).update(**columns)
        return get_user_model().objects.get(pk=user.pk)

    return make


def measured() -> list[Any]:
    return load_json("vectors/user_manager_effects.json")["operations"]


@pytest.mark.contract
@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_an_operation_changes_what_it_changes_in_dotnet(
    prepare: Callable[..., Any], operation: str
) -> None:
    expected = next(one for one in measured() if one["operation"] == operation)
    columns, call = OPERATIONS[operation]
    user = prepare(**columns)
    before = rows.read()
    result = call(user)
    changes = rows.changes(before, rows.read())
    if isinstance(result, IdentityResult):
        codes = ",".join(error.code for error in result.errors)
        result = "Succeeded" if result.succeeded else f"Failed : {codes}"
    assert str(result) == str(expected["result"])
    fields = {c for one in changes if one["table"] == "AspNetUsers" for c in one["columns"]}
    assert sorted(fields) == expected["changed_fields"]
    assert any(one["table"] != "AspNetUsers" for one in changes) == expected["other_rows_changed"]


@pytest.mark.contract
def test_every_measured_operation_is_compared_or_accounted_for() -> None:
    assert {one["operation"] for one in measured()} == OPERATIONS.keys() | ELSEWHERE.keys()


@pytest.mark.contract
def test_who_is_locked_out_is_who_is_in_dotnet() -> None:
    now = timezone.now()
    ends = {
        "null": None,
        "past": now - timedelta(hours=1),
        "future": now + timedelta(hours=1),
        "future_other_offset": now + timedelta(hours=1),
        "max": date_times.MAX_VALUE,
        "min": date_times.MIN_VALUE,
    }
    for record in load_json("vectors/user_manager_effects.json")["locked_out"]:
        user = get_user_model()(
            lockout_enabled=record["lockout_enabled"], lockout_end=ends[record["lockout_end"]]
        )
        assert lockout.is_locked_out(user=user) is record["is_locked_out"], record
