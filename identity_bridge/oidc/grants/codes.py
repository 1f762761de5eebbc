"""Authorization codes: given out by the authorize endpoint, used once at the token endpoint."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from identity_bridge.oidc import clock, security_stamp
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.models import AuthorizationCode
from identity_bridge.oidc.protocol.handles import new_handle, stored_key
from identity_bridge.oidc.toolkit.compat import grant_model

from . import contents

if TYPE_CHECKING:
    from datetime import datetime

    from identity_bridge.models import AbstractIdentityUser
    from identity_bridge.oidc.protocol.authorize_request import AuthorizeRequest
    from identity_bridge.oidc.protocol.interaction import SignedIn
    from identity_bridge.oidc.protocol.resources import GrantedResources


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What a code stands for."""

    row_id: int
    application_id: int
    """Of the client; the other columns of its Application are in memory, and not read again."""
    user: AbstractIdentityUser
    signed_in: SignedIn
    redirect_uri: str
    scopes: tuple[str, ...]
    resource_indicators: tuple[str, ...] = ()
    nonce: str | None = None
    code_challenge: str = ""
    code_challenge_method: str = ""
    id_token_claims: frozenset[str] = frozenset()
    """What the ``claims`` parameter wants in the ID token."""
    state_hash: str | None = None
    """``s_hash`` of the ID token."""
    stamp: str
    """Digest of the security stamp when it was given out."""
    family: uuid.UUID
    expires: datetime
    is_consumed: bool = False


def give_out(
    request: AuthorizeRequest,
    *,
    granted: GrantedResources,
    user: AbstractIdentityUser,
    signed_in: SignedIn,
    family: uuid.UUID,
    state_hash: str | None = None,
) -> str:
    """Store a code and return it: two statements."""
    handle, now = new_handle(), clock.moment()
    client = request.client
    named = request.claims.id_token.intersection(granted.identity_claim_types)
    row = grant_model().objects.create(
        user=user,
        code=stored_key(handle),
        application_id=store.application_id(client),
        expires=now + timedelta(seconds=client.authorization_code_lifetime),
        redirect_uri=request.redirect_uri,
        scope=" ".join(granted.scopes),
        code_challenge=request.code_challenge,
        code_challenge_method=request.code_challenge_method,
        resource=list(granted.resource_indicators),
    )
    AuthorizationCode.objects.create(
        grant=row,
        session_id=signed_in.session_id,
        family=family,
        data={
            "signed_in": contents.to_json(signed_in),
            "nonce": request.nonce,
            "id_token_claims": sorted(named),
            "state_hash": state_hash,
            "stamp": security_stamp.digest(user),
        },
    )
    return handle


def find(handle: str) -> Code | None:
    """Return what a code stands for, expired and used ones too: one statement."""
    rows = AuthorizationCode.objects.select_related("grant__user")
    row = next(iter(rows.filter(grant__code=stored_key(handle))[:1]), None)
    if row is None:
        return None
    grant, data = row.grant, row.data
    return Code(
        row_id=row.pk,
        application_id=grant.application_id,
        user=grant.user,
        signed_in=contents.from_json(data["signed_in"]),
        redirect_uri=grant.redirect_uri,
        scopes=tuple(grant.scope.split()),
        resource_indicators=tuple(grant.resource),
        nonce=data["nonce"],
        code_challenge=grant.code_challenge,
        code_challenge_method=grant.code_challenge_method,
        id_token_claims=frozenset(data["id_token_claims"]),
        state_hash=data["state_hash"],
        stamp=data["stamp"],
        family=row.family,
        expires=grant.expires,
        is_consumed=row.consumed is not None,
    )


def consume(code: Code) -> bool:
    """Use the code up; False if somebody else has. One statement, of which one of many wins."""
    rows = AuthorizationCode.objects.filter(pk=code.row_id, consumed=None)
    return rows.update(consumed=clock.moment()) == 1
