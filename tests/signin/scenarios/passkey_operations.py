"""The passkey steps that scenarios of other subjects need.

The ceremony in the browser is a subject of its own; here its result, a new credential, is taken
as given, and what the store does with it is compared.
"""

from __future__ import annotations

import base64
from typing import Any

from django.utils import timezone

from identity_bridge.aspnet import date_times
from identity_bridge.aspnet.passkey_data import PasskeyData
from identity_bridge.users.passkeys import add_or_update_passkey

#: Steps whose answer is the ceremony's.
CEREMONY = {"make_authenticator", "passkey_creation_options"}
#: Steps whose cookies are the ceremony's.
OF_CEREMONY = CEREMONY | {"passkey_register"}


def credential_of(name: str) -> bytes:
    return f"credential of {name}".encode().ljust(32, b"\0")


def register(user: Any, args: dict[str, Any]) -> Any:
    data = PasskeyData(
        public_key=b"public key",
        name=args.get("name"),
        created_at=date_times.to_text(timezone.now()),
        sign_count=args["count"],
        transports=("internal",),
        is_user_verified=True,
        is_backup_eligible=False,
        is_backed_up=False,
        attestation_object=b"attestation object",
        client_data_json=b"{}",
    )
    credential_id = credential_of(args["authenticator"])
    return add_or_update_passkey(user=user, credential_id=credential_id, data=data)


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
