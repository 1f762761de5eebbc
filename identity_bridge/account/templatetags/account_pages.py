"""What the templates of the account pages ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from identity_bridge.account import languages, navigation, parts
from identity_bridge.account.lockout_message import shown_moment

if TYPE_CHECKING:
    from datetime import datetime

    from identity_bridge.account.languages import Language
    from identity_bridge.account.navigation import Link

register = template.Library()


@register.simple_tag(takes_context=True)
def account_links(context: dict[str, Any]) -> list[Link]:
    """Return the menu: ``{% account_links as links %}``."""
    request = context.get("request")
    return navigation.links(request.path if request is not None else "")


@register.simple_tag
def has_part(name: str) -> bool:
    """Tell if a part is on: ``{% has_part "registration" as may_register %}``.

    :raises ValueError: there is no such part.
    """
    return parts.is_on(parts.Part(name))


@register.simple_tag
def account_languages() -> list[Language]:
    """Return the languages to choose from: ``{% account_languages as languages %}``."""
    return languages.choices()


@register.filter
def moment(when: datetime) -> str:
    """Return a moment with its time zone, as all pages say it: ``{{ since|moment }}``."""
    return shown_moment(when)
