"""What is taken of a provider's answer about a person: short, printable texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from identity_bridge.signin.external_identity import MAX_KEY_CHARACTERS, MAX_TEXT_CHARACTERS

from .errors import AnswerUnusable

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An account at a provider."""

    key: str
    name: str = ""
    email: str = ""
    email_verified: bool = False


def key_of(claims: Mapping[str, Any], name: str) -> str:
    """Return the ProviderKey: a text, or a number as .NET writes it.

    :raises AnswerUnusable: there is none, or the column could not hold it.
    """
    found = claims.get(name)
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    if not isinstance(found, str) or not found:
        raise AnswerUnusable(f"the answer has no {name}")
    if len(found) > MAX_KEY_CHARACTERS or not found.isprintable():
        raise AnswerUnusable(f"{name} is no key: too long, or not printable")
    return found


def text_of(found: Any) -> str:
    """Return a text that can be shown and stored, "" for any other."""
    if not isinstance(found, str) or not found.isprintable():
        return ""
    return found.strip()[:MAX_TEXT_CHARACTERS]


def address_of(found: Any) -> str:
    """Return an e-mail address; "" for what is none, or longer than the column.

    Two addresses in one text would be two recipients of the mail that confirms them.
    """
    text = found if isinstance(found, str) and found.isprintable() else ""
    if len(text) > MAX_TEXT_CHARACTERS:
        return ""
    try:
        validate_email(text)
    except ValidationError:
        return ""
    return text


def is_true(found: Any) -> bool:
    """Tell if a provider says yes; some say it in quotes."""
    return found is True or found == "true"
