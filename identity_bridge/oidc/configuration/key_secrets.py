"""Keys that stand where a secret does: only public ones are kept."""

from __future__ import annotations

from identity_bridge.oidc.keys import material
from identity_bridge.oidc.protocol.configuration import SecretType


def check(secret_type: str, value: str) -> None:
    """Check that a secret of type JWK or X509CertificateBase64 holds what its type says.

    Values of other types are no keys, and pass.

    :raises BadKey: no such thing, or a key that nobody but the client should have
    """
    if secret_type == SecretType.JSON_WEB_KEY:
        key = material.load(value.encode())
        if key.get("kty") == "oct" or key.has_private:
            raise material.BadKey("This is a secret key: only the public key belongs here.")
    elif secret_type == SecretType.X509_CERTIFICATE:
        material.load_certificate(value)
