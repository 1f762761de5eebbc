"""Verify that somebody holds a stored credential, here and now (WebAuthn, section 7.2)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .authenticator_data import check_authenticator_data, read_authenticator_data
from .client_data import GET, check_client_data, read_client_data
from .errors import PasskeyRefused
from .public_keys import read_public_key

if TYPE_CHECKING:
    from identity_bridge.aspnet.passkey_data import PasskeyData

    from .reading import AssertionResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedAssertion:
    """What to write back: the rest of a stored passkey stays as it is, as in .NET."""

    sign_count: int
    is_backed_up: bool


def verify_assertion(
    *,
    response: AssertionResponse,
    stored: PasskeyData,
    expected_user_handle: bytes,
    expected_challenge: bytes,
    expected_origin: str,
    expected_rp_id: str,
    requires_user_verification: bool,
) -> VerifiedAssertion:
    """Verify the answer to request options (PasskeyHandler.PerformAssertionAsync).

    ``stored`` is the passkey of ``response.credential_id``, ``expected_user_handle`` that of its
    owner. The caller found the owner by the response's user handle, or knew before who it is.

    :raises PasskeyRefused: a step failed; its message says which.
    """
    handle = response.user_handle
    if handle is not None and not hmac.compare_digest(handle, expected_user_handle):  # step 6
        raise PasskeyRefused("the user handle is not the owner's")
    check_client_data(
        read_client_data(response.client_data_json),  # 8, 9
        expected_type=GET,  # 10
        expected_challenge=expected_challenge,  # 11
        expected_origin=expected_origin,  # 12 to 14
    )
    data = read_authenticator_data(response.authenticator_data)
    check_authenticator_data(  # 15 to 18
        data,
        expected_rp_id=expected_rp_id,
        requires_user_verification=requires_user_verification,
    )
    if data.backup_eligible != stored.is_backup_eligible:  # 19
        raise PasskeyRefused("its eligibility for backup has changed")
    signed = response.authenticator_data + hashlib.sha256(response.client_data_json).digest()
    if not read_public_key(stored.public_key).verifies(response.signature, signed):  # 20, 21
        raise PasskeyRefused("the signature is wrong")
    if (data.sign_count or stored.sign_count) and data.sign_count <= stored.sign_count:  # 22
        raise PasskeyRefused(
            f"the counter is {data.sign_count}, expected more than {stored.sign_count}"
        )
    return VerifiedAssertion(sign_count=data.sign_count, is_backed_up=data.backed_up)
