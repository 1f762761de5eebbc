"""Private keys at rest: encrypted with a key made of SECRET_KEY, or with one of their own."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings as django_settings

from identity_bridge.conf import get_settings
from identity_bridge.exceptions import IdentityBridgeError

_PURPOSE = b"identity_bridge.oidc.keys"


class KeyUnreadable(IdentityBridgeError):
    """A private key cannot be decrypted: the secret it was encrypted with is not configured."""

    code = "signing_key_unreadable"


def encrypt(data: bytes) -> str:
    """Return the data encrypted with the first secret."""
    return _ciphers().encrypt(data).decode()


def decrypt(token: str, *, key_id: str) -> bytes:
    """Return the data of ``encrypt``; any of the secrets may have been used.

    :raises KeyUnreadable:
    """
    try:
        return _ciphers().decrypt(token.encode())
    except InvalidToken:
        raise KeyUnreadable(
            f"The private key {key_id} was encrypted with another secret: put the old SECRET_KEY "
            "into SECRET_KEY_FALLBACKS, or the old key into OIDC_KEY_ENCRYPTION_KEYS."
        ) from None


def _ciphers() -> MultiFernet:
    configured = get_settings().OIDC_KEY_ENCRYPTION_KEYS
    secrets: tuple[str | bytes, ...]
    secrets = configured or (django_settings.SECRET_KEY, *django_settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_derived(secret)) for secret in secrets])


def _derived(secret: str | bytes) -> bytes:
    material = secret if isinstance(secret, bytes) else secret.encode()
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE)
    return urlsafe_b64encode(derive.derive(sha256(material).digest()))
