"""A person with the code that a device shows (IDeviceFlowInteractionService)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction

from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.grants import device_codes
from identity_bridge.oidc.protocol.resources import known_resources
from identity_bridge.oidc.sessions import registry
from identity_bridge.oidc.signals import device_allowed, device_denied
from identity_bridge.signin import rate_limit

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.http import HttpRequest

    from identity_bridge.oidc.grants.device_codes import Device
    from identity_bridge.oidc.protocol.configuration import Client
    from identity_bridge.oidc.protocol.resources import GrantedResources

MAX_CHARACTERS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceContext:
    """A device that waits for its user."""

    device: Device
    client: Client
    granted: GrantedResources


def find_device(request: HttpRequest, user_code: str) -> DeviceContext | None:
    """Return the device that shows this code, if it still waits; spaces and dashes do not count.

    :raises RateLimited: too many codes tried
    """
    code = "".join(letter for letter in user_code if letter.isalnum())
    if not code or len(code) > MAX_CHARACTERS:
        return None
    account = f"device {rate_limit.client_address(request)}"
    rate_limit.refuse_if_limited(request=request, account=account)
    device = device_codes.find_by_user_code(code)
    client = store.find_enabled_client(device.client_id) if device is not None else None
    if device is None or client is None:
        rate_limit.count_attempt(request=request, account=account)
        return None
    if device.is_expired or device.status != device_codes.PENDING:
        return None
    known = known_resources(scopes=device.scopes, resources=store.get_resources())
    granted = replace(known, resource_indicators=device.resource_indicators)
    return DeviceContext(device=device, client=client, granted=granted)


def allow(request: HttpRequest, context: DeviceContext, *, scopes: Collection[str]) -> bool:
    """Let the device have these scopes for who is signed in; False if it was answered meanwhile,
    or a required scope is left out."""
    session = registry.current(request)
    granted = context.granted.only(scopes)
    if session is None or not granted.required_scopes <= set(granted.scopes):
        return False
    if not context.granted.required_scopes <= set(granted.scopes):
        return False
    with transaction.atomic():
        if not registry.add_client(session, store.application_id(context.client)):
            return False
        is_allowed = device_codes.authorize(
            context.device,
            user=session.user,
            signed_in=registry.signed_in_of(session),
            granted=granted,
        )
    if is_allowed:
        device_allowed.send(
            sender=__name__,
            request=request,
            user=session.user,
            client=context.client.client_id,
            scopes=granted.scopes,
        )
    return is_allowed


def deny(request: HttpRequest, context: DeviceContext) -> bool:
    """Refuse the device; False if it was answered meanwhile."""
    is_denied = device_codes.deny(context.device)
    if is_denied:
        device_denied.send(
            sender=__name__, request=request, user=request.user, client=context.client.client_id
        )
    return is_denied
