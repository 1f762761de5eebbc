"""SignInManager's operations of the scenarios, as requests of one browser."""

from __future__ import annotations

import time
from typing import Any

from django.http import HttpRequest

from identity_bridge.aspnet.one_time_codes import decode_authenticator_key, totp_code
from identity_bridge.claims.principal import Claim, Principal, create_principal
from identity_bridge.signin import (
    external,
    flow,
    remembered_browser,
    second_factor,
    sessions,
    two_factor_session,
)
from identity_bridge.signin.confirmation import can_sign_in
from identity_bridge.users.authenticator import get_authenticator_key
from identity_bridge.users.two_factor import generate_two_factor_code

from .user_operations import claim_list

SCHEME = "Identity.Application"


def _flags(args: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: args[name] for name in names if name in args}


def password_sign_in(request: HttpRequest, args: dict[str, Any]) -> Any:
    return flow.password_sign_in(
        request=request,
        username=args["user_name"],
        password=args["password"],
        **_flags(args, "persistent", "lockout_on_failure"),
    )


def password_sign_in_user(request: HttpRequest, user: Any, args: dict[str, Any]) -> Any:
    """PasswordSignInAsync with a user object: the page's flow, but for the look-up."""
    result = flow.check_user_password(
        request=request,
        user=user,
        password=args["password"],
        **_flags(args, "lockout_on_failure"),
    )
    if result.succeeded:
        sessions.sign_in(request=request, user=user, persistent=args["persistent"])
    return result


def sign_in(request: HttpRequest, user: Any, args: dict[str, Any]) -> None:
    sessions.sign_in(
        request=request,
        user=user,
        persistent=args["persistent"],
        amr=None,
        provider=args.get("authentication_method"),
        claims=[Claim(claim["type"], claim["value"]) for claim in args.get("claims", ())],
    )


def check_password_sign_in(request: HttpRequest, user: Any, args: dict[str, Any]) -> Any:
    return flow.check_user_password(
        request=request,
        user=user,
        password=args["password"],
        **_flags(args, "lockout_on_failure"),
    )


def second_step(request: HttpRequest, op: str, args: dict[str, Any]) -> Any:
    if op == "recovery_code_sign_in":
        return second_factor.recovery_code_sign_in(
            request=request, recovery_code=args["recovery_code"]
        )
    provider = args.get("provider", "Authenticator")
    return second_factor.two_factor_sign_in(
        request=request,
        provider=provider,
        code=_code(request, provider, args["code"]),
        **_flags(args, "persistent", "remember_client"),
    )


def external_login_sign_in(request: HttpRequest, args: dict[str, Any]) -> Any:
    return external.external_login_sign_in(
        request=request,
        login_provider=args["provider"],
        provider_key=args["provider_key"],
        **_flags(args, "persistent", "bypass_two_factor"),
    )


def _code(request: HttpRequest, provider: str, text: str) -> str:
    """Fill in ``{valid}``, ``{valid:-2}`` and ``{wrong}``."""
    if not text.startswith("{"):
        return text
    user = two_factor_session.current_user(request=request)
    if user is None:
        return "123456"
    if provider != "Authenticator":
        right = generate_two_factor_code(user=user, provider=provider)
        return right if text == "{valid}" else f"{(int(right) + 1) % 1_000_000:06}"
    key = decode_authenticator_key(get_authenticator_key(user=user) or "")
    step = int(time.time()) // 30
    if text == "{wrong}":
        around = {totp_code(key, step + n) for n in range(-4, 5)}
        return f"{next(n for n in range(1000) if n not in around):06}"
    return f"{totp_code(key, step + int(text[7:-1] or 0)):06}"


def cookie_request(request: HttpRequest) -> dict[str, Any]:
    user = request.user
    if not user.is_authenticated:
        return {"authenticated": False, "failure": None, "claims": None}
    principal = sessions.principal_of(request=request, user=user)
    claims = claim_list(principal.claims)
    return {"authenticated": True, "failure": None, "claims": claims}


def principal_value(user: Any) -> dict[str, Any]:
    principal = create_principal(user)
    return {
        "authentication_type": principal.authentication_type,
        "name_claim_type": principal.name_claim_type,
        "role_claim_type": principal.role_claim_type,
        "name": principal.name,
        "identities": 1,
        "claims": claim_list(principal.claims),
    }


def validated(user: Any, principal: Principal) -> Any:
    """ValidateSecurityStampAsync: the user if the principal has the present stamp."""
    return user if create_principal(user).claims[:4] == principal.claims[:4] else None


OF_REQUEST = {
    "password_sign_in": password_sign_in,
    "external_login_sign_in": external_login_sign_in,
    "two_factor_sign_in": lambda r, a: second_step(r, "two_factor_sign_in", a),
    "authenticator_sign_in": lambda r, a: second_step(r, "authenticator_sign_in", a),
    "recovery_code_sign_in": lambda r, a: second_step(r, "recovery_code_sign_in", a),
    "two_factor_user": lambda r, a: two_factor_session.current_user(request=r),
    "cookie_request": lambda r, a: cookie_request(r),
    "sign_out": lambda r, a: sessions.sign_out(request=r),
    "forget_client": lambda r, a: remembered_browser.forget(request=r),
}

OF_REQUEST_AND_USER = {
    "password_sign_in_user": password_sign_in_user,
    "check_password_sign_in": check_password_sign_in,
    "sign_in": sign_in,
    "sign_in_with_claims": sign_in,
    "refresh_sign_in": lambda r, u, a: sessions.refresh_sign_in(request=r, user=u),
    "remember_client": lambda r, u, a: remembered_browser.remember(request=r, user=u),
    "is_client_remembered": lambda r, u, a: remembered_browser.is_remembered(request=r, user=u),
    "can_sign_in": lambda r, u, a: can_sign_in(user=u),
    "create_principal": lambda r, u, a: principal_value(u),
}
