"""What the links about new accounts ask for."""

from __future__ import annotations

from typing import Any

from django import template

from identity_bridge.account.parts import Part, is_on
from identity_bridge.adapter import get_adapter

register = template.Library()


@register.simple_tag(takes_context=True)
def may_register(context: dict[str, Any]) -> bool:
    """Tell if this visitor may make an account: ``{% may_register as is_open %}``."""
    request = context.get("request")
    if request is None or not is_on(Part.REGISTRATION):
        return False
    return get_adapter().is_open_for_registration(request=request)
