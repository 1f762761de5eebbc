"""Verify that a new credential was made for this user, here and now (WebAuthn, section 7.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from identity_bridge.aspnet.passkey_data import PasskeyData

from .authenticator_data import check_authenticator_data, read_attestation_object
from .client_data import CREATE, check_client_data, read_client_data
from .errors import PasskeyRefused
from .public_keys import ALGORITHMS, check_new_key, read_public_key
from .reading import MAX_CREDENTIAL_ID_BYTES

if TYPE_CHECKING:
    from collections.abc import Collection

    from .reading import RegistrationResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedRegistration:
    """A credential to keep. Whether somebody has it already is for the caller to look up."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...] | None
    is_user_verified: bool
    is_backup_eligible: bool
    is_backed_up: bool
    attestation_object: bytes
    client_data_json: bytes

    def passkey(self, *, name: str | None, created_at: str) -> PasskeyData:
        """Return it as .NET stores it (UserPasskeyInfo)."""
        return PasskeyData(
            public_key=self.public_key,
            name=name,
            created_at=created_at,
            sign_count=self.sign_count,
            transports=self.transports,
            is_user_verified=self.is_user_verified,
            is_backup_eligible=self.is_backup_eligible,
            is_backed_up=self.is_backed_up,
            attestation_object=self.attestation_object,
            client_data_json=self.client_data_json,
        )


def verify_registration(
    *,
    response: RegistrationResponse,
    expected_challenge: bytes,
    expected_origin: str,
    expected_rp_id: str,
    requires_user_verification: bool,
    expected_algorithms: Collection[int] = tuple(ALGORITHMS),
) -> VerifiedRegistration:
    """Verify the answer to creation options (PasskeyHandler.PerformAttestationAsync).

    ``expected_origin`` is scheme, host and port of the page, as browsers write it;
    ``expected_algorithms`` are numbers of COSE.

    :raises PasskeyRefused: a step failed; its message says which.
    """
    check_client_data(
        read_client_data(response.client_data_json),  # steps 5, 6
        expected_type=CREATE,  # 7
        expected_challenge=expected_challenge,  # 8
        expected_origin=expected_origin,  # 9 to 11
    )
    data = read_attestation_object(response.attestation_object)  # 13
    check_authenticator_data(  # 14 to 18
        data,
        expected_rp_id=expected_rp_id,
        requires_user_verification=requires_user_verification,
    )
    if data.credential_id is None or data.public_key is None:
        raise PasskeyRefused("the authenticator names no new credential")
    key = read_public_key(data.public_key)
    check_new_key(key)
    if key.number not in expected_algorithms:  # 20
        raise PasskeyRefused(f"{key.algorithm.name} was not asked for")
    if not 0 < len(data.credential_id) <= MAX_CREDENTIAL_ID_BYTES:  # 25
        raise PasskeyRefused(f"a credential id of {len(data.credential_id)} bytes")
    if data.credential_id != response.credential_id:
        raise PasskeyRefused("the credential id is not the one that was attested")
    return VerifiedRegistration(
        credential_id=data.credential_id,
        public_key=data.public_key,
        sign_count=data.sign_count,
        transports=response.transports,
        is_user_verified=data.user_verified,
        is_backup_eligible=data.backup_eligible,
        is_backed_up=data.backed_up,
        attestation_object=response.attestation_object,
        client_data_json=response.client_data_json,
    )
