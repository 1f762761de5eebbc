"""UserManager's operations of the scenarios, by name, on our API."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from identity_bridge.aspnet import date_times
from identity_bridge.claims.principal import Claim
from identity_bridge.fields import encoded_from_column
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
    stamps,
    token_providers,
    tokens,
    two_factor,
)

from .rows import to_python


def create(args: dict[str, Any]) -> Any:
    model = get_user_model()
    user = model(
        username=args.get("user_name"),
        email=args.get("email"),
        phone_number=args.get("phone_number"),
        # IdentityUser starts without lockout; CreateAsync switches it on if the options say so.
        lockout_enabled=args.get("lockout_enabled", False),
    )
    if "id" in args:
        user.pk = args["id"]
    if args.get("null_stamp"):
        user.security_stamp = None
    return accounts.create(user=user, password=args.get("password"))


def update(user: Any, args: dict[str, Any]) -> Any:
    fields = {field.column: field.attname for field in user._meta.concrete_fields}
    for column, value in args["set"].items():
        setattr(user, fields[column], to_python(column, value))
    return accounts.update(user=user)


def outside_write(args: dict[str, Any]) -> int:
    model = get_user_model()
    fields = {field.column: field.attname for field in model._meta.concrete_fields}
    row = model._base_manager.get(pk=args["id"])
    values = {}
    for column, value in args["columns"].items():
        if column == "LockoutEnd":
            value = moment(value)
        elif column == "PasswordHash":
            value = encoded_from_column(value)
        values[fields[column]] = value
    # Another program: the concurrency stamp stays unless it is among the columns.
    values.setdefault("concurrency_stamp", row.concurrency_stamp)
    return int(model._base_manager.filter(pk=args["id"]).update(**values))


def moment(text: str | None) -> Any:
    if text is None:
        return None
    if text in ("max", "min"):
        return date_times.MAX_VALUE if text == "max" else date_times.MIN_VALUE
    if text[0] in "+-":
        return timezone.now() + timezone.timedelta(seconds=float(text))
    return date_times.parse(text)


def claim_list(found: Any) -> list[dict[str, str]]:
    return [{"type": claim.type, "value": claim.value} for claim in found]


def _claims(args: dict[str, Any]) -> list[Claim]:
    return [Claim(claim["type"], claim["value"]) for claim in args["claims"]]


def _claim(args: dict[str, Any]) -> Claim:
    return Claim(args["type"], args["value"])


TOKENS = {
    "email_confirmation": lambda u, a: emails.generate_email_confirmation_token(user=u),
    "password_reset": lambda u, a: passwords.generate_password_reset_token(user=u),
    "change_email": lambda u, a: emails.generate_change_email_token(user=u, new_email=a["value"]),
    "change_phone_number": lambda u, a: phone_numbers.generate_change_phone_number_token(
        user=u, phone_number=a["value"]
    ),
    "custom": lambda u, a: token_providers.generate_token(
        user=u, provider=a["provider"], purpose=a["purpose"]
    ),
}

#: name -> function of the user and the arguments; the result is what .NET's method returns.
OPERATIONS = {
    "update": update,
    "delete": lambda u, a: accounts.delete(user=u),
    "set_user_name": lambda u, a: accounts.set_user_name(user=u, username=a["value"]),
    "set_email": lambda u, a: emails.set_email(user=u, email=a["value"]),
    "confirm_email": lambda u, a: emails.confirm_email(user=u, token=a["token"]),
    "change_email": lambda u, a: emails.change_email(
        user=u, new_email=a["value"], token=a["token"]
    ),
    "set_phone_number": lambda u, a: phone_numbers.set_phone_number(
        user=u, phone_number=a["value"]
    ),
    "change_phone_number": lambda u, a: phone_numbers.change_phone_number(
        user=u, phone_number=a["value"], token=a["token"]
    ),
    "add_password": lambda u, a: passwords.add_password(user=u, password=a["password"]),
    "change_password": lambda u, a: passwords.change_password(
        user=u, current=a["current"], new=a["new"]
    ),
    "reset_password": lambda u, a: passwords.reset_password(user=u, token=a["token"], new=a["new"]),
    "remove_password": lambda u, a: passwords.remove_password(user=u),
    "has_password": lambda u, a: u.has_password(),
    "check_password": lambda u, a: passwords.check_password(user=u, password=a["password"]),
    "update_security_stamp": lambda u, a: stamps.update_security_stamp(user=u),
    "access_failed": lambda u, a: lockout.access_failed(user=u),
    "reset_access_failed_count": lambda u, a: lockout.reset_access_failed_count(user=u),
    "set_lockout_enabled": lambda u, a: lockout.set_lockout_enabled(user=u, enabled=a["enabled"]),
    "set_lockout_end": lambda u, a: lockout.set_lockout_end(user=u, end=moment(a["end"])),
    "get_lockout_end": lambda u, a: u.lockout_end,
    "is_locked_out": lambda u, a: lockout.is_locked_out(user=u),
    "set_two_factor_enabled": lambda u, a: two_factor.set_two_factor_enabled(
        user=u, enabled=a["enabled"]
    ),
    "is_two_factor_enabled": lambda u, a: two_factor.is_two_factor_enabled(user=u),
    "valid_two_factor_providers": lambda u, a: list(two_factor.valid_two_factor_providers(user=u)),
    "get_authenticator_key": lambda u, a: authenticator.get_authenticator_key(user=u),
    "reset_authenticator_key": lambda u, a: authenticator.reset_authenticator_key(user=u),
    "generate_recovery_codes": lambda u, a: list(
        recovery_codes.generate_recovery_codes(user=u, number=a["number"])
    ),
    "count_recovery_codes": lambda u, a: recovery_codes.count_recovery_codes(user=u),
    "redeem_recovery_code": lambda u, a: recovery_codes.redeem_recovery_code(
        user=u, code=a["recovery_code"]
    ),
    "get_claims": lambda u, a: claim_list(claims.get_claims(user=u)),
    "add_claim": lambda u, a: claims.add_claims(user=u, claims=[_claim(a)]),
    "add_claims": lambda u, a: claims.add_claims(user=u, claims=_claims(a)),
    "remove_claim": lambda u, a: claims.remove_claims(user=u, claims=[_claim(a)]),
    "remove_claims": lambda u, a: claims.remove_claims(user=u, claims=_claims(a)),
    "replace_claim": lambda u, a: claims.replace_claim(
        user=u, claim=_claim(a), new=Claim(a["new_type"], a["new_value"])
    ),
    "get_logins": lambda u, a: [
        {
            "provider": login.login_provider,
            "provider_key": login.provider_key,
            "display_name": login.provider_display_name,
        }
        for login in logins.get_logins(user=u)
    ],
    "add_login": lambda u, a: logins.add_login(
        user=u,
        login=logins.LoginInfo(
            login_provider=a["provider"],
            provider_key=a["provider_key"],
            provider_display_name=a["display_name"],
        ),
    ),
    "remove_login": lambda u, a: logins.remove_login(
        user=u, login_provider=a["provider"], provider_key=a["provider_key"]
    ),
    "get_authentication_token": lambda u, a: tokens.get_authentication_token(
        user=u, login_provider=a["provider"], name=a["name"]
    ),
    "set_authentication_token": lambda u, a: tokens.set_authentication_token(
        user=u, login_provider=a["provider"], name=a["name"], value=a["value"]
    ),
    "remove_authentication_token": lambda u, a: tokens.remove_authentication_token(
        user=u, login_provider=a["provider"], name=a["name"]
    ),
    "verify_token": lambda u, a: token_providers.verify_token(
        user=u, provider=a["provider"], purpose=a["purpose"], token=a["token"]
    ),
}
