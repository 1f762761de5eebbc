"""The passkey steps: real ceremonies with a passkey in software, on https://example.test."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from identity_bridge.aspnet.passkey_data import PasskeyData
from identity_bridge.passkeys.errors import PasskeyRefused
from identity_bridge.signin import passkeys
from identity_bridge.users.passkeys import (
    find_by_passkey,
    get_passkeys,
    remove_passkey,
    rename_passkey,
)
from tests.passkeys.authenticator import Authenticator

from .browser import Browser

ORIGIN = "https://example.test"
HOST = {"HTTP_HOST": "example.test", "HTTP_ORIGIN": ORIGIN}


def credential_of(name: str) -> bytes:
    return f"credential of {name}".encode().ljust(32, b"\0")


class Passkeys:
    """The authenticators of one scenario, and the options that were kept for them."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.authenticators: dict[str, Authenticator] = {}
        self.options: dict[str, dict[str, Any]] = {}
        self.steps: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
            "make_authenticator": self.make_authenticator,
            "passkey_creation_options": self.creation_options,
            "passkey_register": self.register,
            "passkey_request_options": self.request_options,
            "passkey_assertion": self.assertion,
            "passkey_sign_in": self.sign_in,
            "passkey_update_stored": self.rename,
            "passkey_remove": self.remove,
            "passkeys": self.stored,
            "find_by_passkey": self.find,
        }

    def make_authenticator(self, user: Any, args: dict[str, Any]) -> None:
        name = args["name"]
        self.authenticators[name] = Authenticator(credential_id=credential_of(name))

    def creation_options(self, user: Any, args: dict[str, Any]) -> Any:
        return self._kept(args, lambda r: passkeys.begin_registration(request=r, user=user))

    def request_options(self, user: Any, args: dict[str, Any]) -> Any:
        return self._kept(args, lambda r: passkeys.begin_sign_in(request=r, user=user))

    def register(self, user: Any, args: dict[str, Any]) -> Any:
        credential = self.authenticators[args["authenticator"]].create(
            self.options[args["options"]],
            origin=ORIGIN,
            flags=args.get("flags", 0x45),
            count=args["count"],
        )

        def work(request: HttpRequest) -> Any:
            try:
                return passkeys.register(
                    request=request, user=user, credential_json=credential, name=args.get("name")
                )
            except PasskeyRefused as refusal:
                return {"attested": False, "failure": str(refusal)}

        return self.browser.request(work, **HOST)

    def assertion(self, user: Any, args: dict[str, Any]) -> Any:
        def work(request: HttpRequest) -> Any:
            try:
                found = passkeys.perform_assertion(
                    request=request, credential_json=self._answer(args)
                )
            except PasskeyRefused as refusal:
                return _assertion(failure=str(refusal))
            return _assertion(name=found.user.username, count=found.passkey.sign_count)

        return self.browser.request(work, **HOST)

    def sign_in(self, user: Any, args: dict[str, Any]) -> Any:
        return self.browser.request(
            lambda request: passkeys.passkey_sign_in(
                request=request, credential_json=self._answer(args)
            ),
            **HOST,
        )

    def rename(self, user: Any, args: dict[str, Any]) -> Any:
        (credential_id,) = get_passkeys(user=user)
        return rename_passkey(user=user, credential_id=credential_id, name=args["name"])

    def remove(self, user: Any, args: dict[str, Any]) -> Any:
        return remove_passkey(user=user, credential_id=credential_of(args["authenticator"]))

    def stored(self, user: Any, args: dict[str, Any]) -> Any:
        return [
            {
                "name": data.name,
                "sign_count": data.sign_count,
                "is_user_verified": data.is_user_verified,
                "is_backup_eligible": data.is_backup_eligible,
                "is_backed_up": data.is_backed_up,
            }
            for data in get_passkeys(user=user).values()
        ]

    def find(self, user: Any, args: dict[str, Any]) -> Any:
        return find_by_passkey(credential_id=credential_of(args["authenticator"]))

    def _kept(self, args: dict[str, Any], work: Callable[[HttpRequest], Any]) -> Any:
        options: dict[str, Any] = self.browser.request(work, **HOST)
        self.options[args["save_as"]] = options
        return options

    def _answer(self, args: dict[str, Any]) -> str:
        return self.authenticators[args["authenticator"]].get(
            self.options[args["options"]],
            origin=args.get("origin") or ORIGIN,
            flags=args.get("flags", 5),
            count=args["count"],
            break_signature=args.get("break_signature", False),
        )


def _assertion(
    *, failure: str | None = None, name: str | None = None, count: int | None = None
) -> dict[str, Any]:
    succeeded = failure is None
    return {"succeeded": succeeded, "failure": failure, "user_name": name, "sign_count": count}


def members(data: PasskeyData) -> dict[str, Any]:
    """Return a stored passkey in the shape of the recording."""

    def text(value: bytes) -> str:
        return base64.b64encode(value).decode()

    return {
        "Name": data.name,
        "CreatedAt": data.created,
        "PublicKey": text(data.public_key),
        "SignCount": data.sign_count,
        "IsBackedUp": data.is_backed_up,
        "Transports": None if data.transports is None else list(data.transports),
        "ClientDataJson": text(data.client_data_json),
        "IsUserVerified": data.is_user_verified,
        "IsBackupEligible": data.is_backup_eligible,
        "AttestationObject": text(data.attestation_object),
    }
