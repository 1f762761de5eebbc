"""The one place that imports ``webauthn``, of the extra ``account``.

What it is used for is reading: authenticator data, the attestation object, COSE keys. What a
ceremony decides, and the signatures, are ours: it knows no ES384, asks of PSS signatures the
longest salt where WebAuthn has that of the digest, and looks at no ``crossOrigin``.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from .errors import PasskeysUnavailable

if TYPE_CHECKING:
    from types import ModuleType


@cache
def is_available() -> bool:
    """Tell if the library is installed; passkeys are off without it."""
    return find_spec("webauthn") is not None


def helpers() -> ModuleType:
    """Return the readers of the library.

    :raises PasskeysUnavailable: it is not installed.
    """
    if not is_available():
        raise PasskeysUnavailable(
            "Passkeys need the library webauthn: pip install 'django-identity-bridge[account]'."
        )
    from webauthn import helpers

    return helpers
