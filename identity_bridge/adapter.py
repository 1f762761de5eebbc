"""What a project may want to decide otherwise: subclass it and name the class in ``ADAPTER``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.core import mail
from django.template.loader import render_to_string
from django.utils.module_loading import import_string
from django.views.decorators.debug import sensitive_variables

from .claims.principal import Claim, Principal, create_principal
from .conf import get_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from .models import AbstractIdentityUser


class IdentityAdapter:
    """The decisions as .NET makes them."""

    can_send_sms: bool = False
    """Say True where ``send_sms`` is written; until then nobody is offered a code by phone."""

    def get_principal(
        self, *, user: AbstractIdentityUser, extra: Iterable[Claim] = ()
    ) -> Principal:
        """Return the principal of a user (IUserClaimsPrincipalFactory); ``extra`` come last."""
        return create_principal(user, extra=extra)

    def get_claims(self, *, user: AbstractIdentityUser) -> tuple[Claim, ...]:
        """Return the claims of a user, in order."""
        return self.get_principal(user=user).claims

    def map_imported_user(self, *, values: dict[str, Any]) -> dict[str, Any]:
        """Return the columns to write for a user about to be imported, by column name.

        ``values`` are those of the source; what is returned is validated like them.
        """
        return values

    def is_open_for_registration(self, *, request: HttpRequest) -> bool:
        """Tell if this visitor may make an account."""
        return True

    def get_personal_data(
        self, *, user: AbstractIdentityUser, data: dict[str, Any]
    ) -> dict[str, Any]:
        """Return what users get who download their data; ``data`` is all that is kept, by name.

        What is returned must be something that ``DjangoJSONEncoder`` can write.
        """
        return data

    @sensitive_variables()
    def send_mail(
        self,
        *,
        user: AbstractIdentityUser,
        template: str,
        context: dict[str, Any],
        address: str | None = None,
    ) -> None:
        """Send a plain-text mail to the user's address, which the caller found confirmed.

        With an ``address`` it goes there instead: one that nobody has confirmed yet, so that the
        mail must say nothing about the user. ``template`` names two: ``<template>_subject.txt``
        and ``<template>.txt``. What is raised here the caller reports as "could not be sent"; it
        reaches neither visitor nor log. Not in the request, unless MAIL_DELIVERY is ``direct``:
        query no database here.
        """
        # A header is one line, a template file ends with a newline.
        subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
        text = render_to_string(f"{template}.txt", context)
        mail.send_mail(subject, text, None, [user.email or "" if address is None else address])

    def send_sms(
        self, *, user: AbstractIdentityUser, message: str, number: str | None = None
    ) -> None:
        """Send a text message to the user's number, which the caller found confirmed.

        With a ``number`` it goes there instead: one that its owner is about to confirm.
        """
        raise NotImplementedError("this adapter sends no text messages")


def get_adapter() -> IdentityAdapter:
    """Return the project's adapter.

    :raises ImportError: ``ADAPTER`` names no class.
    """
    return cast("IdentityAdapter", import_string(get_settings().ADAPTER)())
