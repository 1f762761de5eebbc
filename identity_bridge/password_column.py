"""What stands in AspNetUsers.PasswordHash, and what Django's hashers see of it.

The column holds the naked ASP.NET blob, the ``hash|format|salt`` of the Membership era, or an
encoding of one of the project's Django hashers. Python sees prefixes, so that a hasher is found.
"""

from __future__ import annotations

from identity_bridge.aspnet import membership_hash
from identity_bridge.aspnet.errors import MembershipHashError

ASPNET_PREFIX = "aspnet_identity$"
MEMBERSHIP_PREFIX = "aspnet_membership$"


def encoded_from_column(value: str | None) -> str:
    """Return what Django's hashers see for the text of a PasswordHash column."""
    if value is None:
        return "!"
    if not value or is_django_encoding(value):
        return value
    if _is_membership_triple(value):
        return MEMBERSHIP_PREFIX + value
    return ASPNET_PREFIX + value


def _is_membership_triple(value: str) -> bool:
    try:
        membership_hash.MembershipHash.parse(value)
    except MembershipHashError:
        return False
    return True


def column_from_encoded(value: str | None) -> str | None:
    """Return what stands in a PasswordHash column for an encoded password of Django's."""
    if value is None or value.startswith("!"):
        return None
    return value.removeprefix(ASPNET_PREFIX).removeprefix(MEMBERSHIP_PREFIX)


def is_django_encoding(value: str) -> bool:
    """Tell if a stored text is an encoding of one of the project's Django hashers."""
    from django.contrib.auth.hashers import get_hashers_by_algorithm

    # No base64 text and no Membership triple has a "$".
    algorithm, dollar, _rest = value.partition("$")
    return bool(dollar) and algorithm in get_hashers_by_algorithm()
