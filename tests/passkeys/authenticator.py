"""A passkey in software: makes keys, and signs, as browser and authenticator do together."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from identity_bridge.passkeys.public_keys import ALGORITHMS
from identity_bridge.passkeys.reading import from_base64url, to_base64url

UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80
_CURVES = {"secp256r1": 1, "secp384r1": 2, "secp521r1": 3}


class Authenticator:
    """One credential. What a real one would never do can be asked for, member by member."""

    def __init__(
        self,
        *,
        credential_id: bytes | None = None,
        private_key: Any = None,
        algorithm: int = -7,
        user_handle: bytes | None = None,
    ) -> None:
        self.credential_id = credential_id or secrets.token_bytes(32)
        self.number = algorithm
        self.algorithm = ALGORITHMS[algorithm]
        self.private_key = private_key or self._new_key()
        self.user_handle = user_handle
        self.count = 0

    @classmethod
    def of_vector(cls, vector: dict[str, Any], private_key: bytes) -> Authenticator:
        return cls(
            credential_id=from_base64url(vector["stored"]["credential_id"]),
            private_key=serialization.load_der_private_key(private_key, None),
            algorithm=vector["cose_algorithm"],
            user_handle=from_base64url(vector["user_handle"]),
        )

    def _new_key(self) -> Any:
        if self.algorithm.curve:
            return ec.generate_private_key(getattr(ec, self.algorithm.curve.upper())())
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def cose_key(self) -> bytes:
        public = self.private_key.public_key()
        numbers = public.public_numbers()
        if isinstance(public, ec.EllipticCurvePublicKey):
            size = (public.key_size + 7) // 8
            return cbor2.dumps(
                {
                    1: 2,
                    3: self.number,
                    -1: _CURVES[public.curve.name],
                    -2: numbers.x.to_bytes(size, "big"),
                    -3: numbers.y.to_bytes(size, "big"),
                }
            )
        modulus = numbers.n.to_bytes((public.key_size + 7) // 8, "big")
        return cbor2.dumps({1: 3, 3: self.number, -1: modulus, -2: b"\x01\x00\x01"})

    def create(
        self,
        options: dict[str, Any],
        *,
        origin: str,
        flags: int = UP | UV | AT,
        count: int | None = None,
        client_data: dict[str, Any] | None = None,
        **response: Any,
    ) -> str:
        """Return what a browser posts for creation options."""
        self.user_handle = from_base64url(options["user"]["id"])
        attested = b"\0" * 16 + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        data = self._data(options["rp"]["id"], flags, count) + attested + self.cose_key
        made = {
            "clientDataJSON": to_base64url(
                _client_data("webauthn.create", options, origin, client_data)
            ),
            "attestationObject": to_base64url(
                cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
            ),
            "transports": ["internal"],
        }
        return self._credential(made | response)

    def get(
        self,
        options: dict[str, Any],
        *,
        origin: str,
        flags: int = UP | UV,
        count: int | None = None,
        client_data: dict[str, Any] | None = None,
        break_signature: bool = False,
        **response: Any,
    ) -> str:
        """Return what a browser posts for request options."""
        data = self._data(options["rpId"], flags, count)
        signed_for = _client_data("webauthn.get", options, origin, client_data)
        signature = self.sign(data + hashlib.sha256(signed_for).digest())
        if break_signature:
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        made = {
            "clientDataJSON": to_base64url(signed_for),
            "authenticatorData": to_base64url(data),
            "signature": to_base64url(signature),
            "userHandle": to_base64url(self.user_handle or b""),
        }
        return self._credential(made | response)

    def sign(self, data: bytes) -> bytes:
        digest: Any = getattr(hashes, self.algorithm.digest)()
        if self.algorithm.curve:
            return bytes(self.private_key.sign(data, ec.ECDSA(digest)))
        if self.algorithm.is_pss:
            filling: Any = padding.PSS(padding.MGF1(digest), digest.digest_size)
        else:
            filling = padding.PKCS1v15()
        return bytes(self.private_key.sign(data, filling, digest))

    def _data(self, rp_id: str, flags: int, count: int | None) -> bytes:
        if count is not None:
            self.count = count
        rp_hash = hashlib.sha256(rp_id.encode()).digest()
        return rp_hash + bytes([flags]) + self.count.to_bytes(4, "big")

    def _credential(self, response: dict[str, Any]) -> str:
        text = to_base64url(self.credential_id)
        return json.dumps(
            {
                "id": text,
                "rawId": text,
                "type": "public-key",
                "clientExtensionResults": {},
                "response": response,
            }
        )


def _client_data(
    kind: str, options: dict[str, Any], origin: str, changed: dict[str, Any] | None
) -> bytes:
    members = {
        "type": kind,
        "challenge": options["challenge"],
        "origin": origin,
        "crossOrigin": False,
    }
    return json.dumps(members | (changed or {})).encode()
