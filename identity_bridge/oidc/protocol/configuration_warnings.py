"""What a client is configured with and will not get: no error, but somebody should know."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from .configuration import Client, GrantType, SecretType
from .shared_secrets import is_stored_form

_WITH_REDIRECTS = (GrantType.AUTHORIZATION_CODE, GrantType.HYBRID, GrantType.IMPLICIT)


def of_client(client: Client, *, extension_grants: Collection[str] = ()) -> Iterator[str]:
    """Yield sentences about one client.

    ``extension_grants``: the names in OIDC_EXTENSION_GRANTS.
    """
    if client.pair_wise_subject_salt:
        yield (
            "pair_wise_subject_salt is kept and not obeyed: sub is the same for every client. If a "
            "profile service of the old server used it, this client would take its users for "
            "strangers."
        )
    yield from _grants(client, extension_grants)
    for number, secret in enumerate(client.client_secrets):
        if secret.type == SecretType.SHARED_SECRET and not is_stored_form(secret.value):
            yield (
                f"client_secrets[{number}].value is no SHA-256 or SHA-512 in base64 and matches "
                "nothing: give a secret in clear as 'plain', it is stored hashed."
            )


def _grants(client: Client, extension_grants: Collection[str]) -> Iterator[str]:
    allowed = client.allowed_grant_types
    if not allowed:
        yield "allowed_grant_types is empty: it can get no token."
        return
    for name in sorted(allowed - {*GrantType, *extension_grants}):
        close = get_close_matches(name, list(GrantType), n=1, cutoff=0.85)
        meant = f" Is {close[0]!s} meant?" if close else ""
        yield (
            f"allowed_grant_types has {name!r}, which nothing here serves until "
            f"OIDC_EXTENSION_GRANTS names a function for it.{meant}"
        )
    with_redirects = [one.value for one in _WITH_REDIRECTS if one in allowed]
    if with_redirects and not client.redirect_uris:
        yield f"redirect_uris is empty: {with_redirects[0]} has nowhere to answer to."
    is_implicit_only = allowed == {GrantType.IMPLICIT}
    if client.require_client_secret and not client.client_secrets and not is_implicit_only:
        yield "client_secrets is empty and require_client_secret is on: it cannot authenticate."
