"""The client secrets of providers in the database, encrypted with a key made of SECRET_KEY."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from .errors import LibraryMissing, ProviderMisconfigured

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

_PURPOSE = b"identity_bridge.external.client_secrets"


@sensitive_variables("secret")
def encrypt(secret: str) -> str:
    """Return what is stored; "" stays "".

    :raises LibraryMissing:
    """
    return _ciphers().encrypt(secret.encode()).decode() if secret else ""


@sensitive_variables()
def decrypt(stored: str, *, scheme: str) -> str:
    """Return the secret; SECRET_KEY or one of SECRET_KEY_FALLBACKS has encrypted it.

    :raises ProviderMisconfigured: with another one.
    :raises LibraryMissing:
    """
    if not stored:
        return ""
    ciphers = _ciphers()
    from cryptography.fernet import InvalidToken

    try:
        return ciphers.decrypt(stored.encode()).decode()
    except InvalidToken:
        raise ProviderMisconfigured(
            "the client secret was encrypted with another SECRET_KEY: put that into "
            "SECRET_KEY_FALLBACKS, or type the secret again",
            scheme=scheme,
        ) from None


def _ciphers() -> MultiFernet:
    try:
        from cryptography.fernet import Fernet, MultiFernet
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF
    except ImportError:
        raise LibraryMissing("pip install 'django-identity-bridge[account]'") from None

    def key_of(secret: str | bytes) -> bytes:
        material = secret if isinstance(secret, bytes) else secret.encode()
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE)
        return urlsafe_b64encode(derive.derive(sha256(material).digest()))

    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(key_of(secret)) for secret in secrets])
