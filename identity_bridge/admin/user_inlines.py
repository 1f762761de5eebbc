"""What belongs to a user, beneath the user's page.

Rows that exist are shown and can be removed, never edited: .NET replaces a claim, too, and a
form would change line ends and blanks of texts that nobody touched. Values that sign somebody
in (tokens, authenticator keys, recovery codes, passkeys) are not sent to the browser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import Textarea
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from identity_bridge.aspnet import recovery_codes
from identity_bridge.models import Role, UserClaim, UserLogin, UserPasskey, UserRole, UserToken
from identity_bridge.models.tokens import AUTHENTICATOR_KEY, INTERNAL_PROVIDER, RECOVERY_CODES

from .keyed_formsets import DigestKeyFormSet

if TYPE_CHECKING:
    from django.contrib.admin.options import InlineModelAdmin
    from django.db.models import ForeignKey, QuerySet
    from django.forms import ModelChoiceField
    from django.http import HttpRequest


class _ExistingRowsStay(admin.TabularInline):  # type: ignore[type-arg]
    formset = DigestKeyFormSet
    extra = 0

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class _ReadOnly(_ExistingRowsStay):
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RoleFormSet(DigestKeyFormSet):
    """Refuses a role that the user has, or that is given twice in one form."""

    def clean(self) -> None:
        super().clean()
        held = {form.instance.role_id for form in self.initial_forms}
        for form in self.extra_forms:
            role = getattr(form, "cleaned_data", {}).get("role")
            if role is None or form in self.deleted_forms:
                continue
            if role.pk in held:
                form.add_error("role", ValidationError(_("The user has this role already.")))
                raise ValidationError(_("A role can be given once only."), code="UserAlreadyInRole")
            held.add(role.pk)


class RoleInline(_ExistingRowsStay):
    model = UserRole
    formset = RoleFormSet
    verbose_name = _("role")
    verbose_name_plural = _("roles")
    fields = ["role"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("role").order_by("role__name")

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        if db_field.name == "role":
            roles = Role.objects.order_by("normalized_name")
            if not request.user.is_superuser:
                # A role may carry permissions; nobody hands out what is not his to give.
                roles = roles.filter(permissions=None)
            kwargs["queryset"] = roles
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class ClaimInline(_ExistingRowsStay):
    model = UserClaim
    fields = ["claim_type", "claim_value"]
    ordering = ["id"]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name in {"claim_type", "claim_value"}:
            kwargs |= {"strip": False, "widget": Textarea(attrs={"rows": 1, "cols": 50})}
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class LoginInline(_ExistingRowsStay):
    model = UserLogin
    fields = ["login_provider", "provider_display_name", "provider_key"]
    ordering = ["login_provider", "provider_key"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Only a sign-in at the provider can prove whose account it is.
        return False


class TokenInline(_ReadOnly):
    model = UserToken
    fields = ["login_provider", "name", "masked_value"]
    readonly_fields = ["login_provider", "name", "masked_value"]
    ordering = ["login_provider", "name"]

    @admin.display(description=_("value"))
    def masked_value(self, token: UserToken) -> str:
        return masked(token)


class PasskeyInline(_ReadOnly):
    model = UserPasskey
    fields = ["passkey_name"]
    readonly_fields = ["passkey_name"]
    ordering = ["credential_id"]

    @admin.display(description=_("name"))
    def passkey_name(self, passkey: UserPasskey) -> str:
        return passkey.name or gettext("Passkey without a name")


def masked(token: UserToken) -> str:
    """Say what a token is without showing any of it."""
    if token.value is None:
        return gettext("empty")
    if token.login_provider == INTERNAL_PROVIDER and token.name == RECOVERY_CODES:
        left = recovery_codes.count(token.value)
        return ngettext("%d code left, hidden", "%d codes left, hidden", left) % left
    if token.login_provider == INTERNAL_PROVIDER and token.name == AUTHENTICATOR_KEY:
        return gettext("authenticator app set up, key hidden")
    return gettext("hidden")


USER_INLINES: list[type[InlineModelAdmin[Any, Any]]] = [
    RoleInline,
    ClaimInline,
    LoginInline,
    TokenInline,
    PasskeyInline,
]
