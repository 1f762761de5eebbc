"""Users in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.db import router, transaction
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from identity_bridge.aspnet.stamps import new_security_stamp
from identity_bridge.exceptions import ConcurrencyFailure
from identity_bridge.models import AbstractIdentityUser, UndeclaredColumns, UserLogin
from identity_bridge.signals import signed_out_everywhere

from .password_forms import IdentityPasswordForm
from .stamped import StampedModelAdmin
from .user_actions import USER_ACTIONS
from .user_forms import UserAddForm, UserChangeForm
from .user_inlines import USER_INLINES
from .user_listing import LockedFilter, UserColumns, find_users

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

#: What decides over rights in Django; only superusers hand it out.
PRIVILEGES = ["is_staff", "is_superuser", "groups", "user_permissions"]
SECRET_COLUMNS = {"password", "security_stamp", "concurrency_stamp", "tokens", "passkeys"}
_OWN_FIELDS = {field.name for field in AbstractIdentityUser._meta.get_fields()}


class IdentityUserAdmin(UserColumns, StampedModelAdmin, UserAdmin):  # type: ignore[type-arg]
    """Any user model that subclasses AbstractIdentityUser."""

    form = UserChangeForm
    add_form = UserAddForm
    change_password_form = IdentityPasswordForm
    inlines = USER_INLINES
    actions = USER_ACTIONS
    add_form_template = None
    list_display = [
        "name",
        "address",
        "confirmed",
        "locked_until",
        "second_factor",
        "is_active",
        "staff",
        "last_login",
    ]
    list_filter = [
        LockedFilter,
        "two_factor_enabled",
        "email_confirmed",
        "is_active",
        "is_staff",
        "is_superuser",
        "roles",
    ]
    search_fields = ["normalized_username", "normalized_email"]
    search_help_text = _("Part of a user name or an e-mail address, or a whole Id.")
    ordering = ["normalized_username", "pk"]
    list_per_page = 50
    show_full_result_count = False
    filter_horizontal = ["groups", "user_permissions"]
    readonly_fields = [
        "id",
        "normalized_username",
        "normalized_email",
        "locked_until",
        "access_failed_count",
        "two_factor_enabled",
        "last_login",
        "date_joined",
        "kept_columns",
    ]
    fieldsets = [
        (None, {"fields": ["id", "username", "normalized_username", "password"]}),
        (
            _("Contact"),
            {
                "fields": [
                    ("email", "email_confirmed"),
                    "normalized_email",
                    ("phone_number", "phone_number_confirmed"),
                ]
            },
        ),
        (
            _("Sign-in"),
            {
                "fields": [
                    "is_active",
                    "two_factor_enabled",
                    "lockout_enabled",
                    "locked_until",
                    "access_failed_count",
                    ("last_login", "date_joined"),
                ]
            },
        ),
        (_("Rights in Django"), {"classes": ["collapse"], "fields": [*PRIVILEGES]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["username", "email", "password1", "password2"]})
    ]

    class Media:
        css = {"all": ["identity_bridge/admin/records.css"]}

    # The list

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return (find_users(queryset, search_term) if search_term else queryset), False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        # A filter in the address tells, yes or no, what a column starts with: no secrets there.
        column = lookup.partition("__")[0]
        return column not in SECRET_COLUMNS and super().lookup_allowed(lookup, value, request)

    # The page

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = list(super().get_fieldsets(request, obj))
        if obj is None:
            return fieldsets
        if more := self._columns_of_the_project():
            fieldsets.insert(2, (_("More about the user"), {"fields": [*more]}))
        if self._kept(obj):
            fieldsets.append((_("Columns kept from the import"), {"fields": ["kept_columns"]}))
        if self.has_change_permission(request, obj):
            fieldsets.append((None, {"fields": ["read_stamp"]}))
        return fieldsets

    def _columns_of_the_project(self) -> list[str]:
        """Name what a subclass of AbstractIdentityUser declares."""
        declared = [*self.opts.fields, *self.opts.many_to_many]
        return [f.name for f in declared if f.name not in _OWN_FIELDS and f.editable]

    @admin.display(description=_("values"))
    def kept_columns(self, user: AbstractIdentityUser) -> SafeString:
        rows = [(name, str(value)[:200]) for name, value in sorted(self._kept(user).items())]
        return format_html_join("", "<div><b>{}</b>: {}</div>", rows)

    def _kept(self, user: AbstractIdentityUser) -> dict[str, Any]:
        if not hasattr(user, "_kept_columns"):
            kept = UndeclaredColumns.objects.filter(table=self.opts.db_table, key=str(user.pk))
            user._kept_columns = next(iter(kept.values_list("columns", flat=True)), {})  # type: ignore[attr-defined]
        return user._kept_columns  # type: ignore[attr-defined,no-any-return]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj is not None else []

    # Who may do what

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        readonly = [*super().get_readonly_fields(request, obj)]
        return readonly if request.user.is_superuser else [*readonly, *PRIVILEGES]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_touch(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_touch(request, obj) and super().has_delete_permission(request, obj)

    @staticmethod
    def _may_touch(request: HttpRequest, obj: Any) -> bool:
        # Who can set a superuser's password or address can become that superuser.
        return obj is None or not obj.is_superuser or bool(request.user.is_superuser)

    # Writing

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        try:
            with transaction.atomic(using=router.db_for_write(self.model)):
                response = super().user_change_password(request, id, form_url)
        except ConcurrencyFailure:
            return self.redirect_to_fresh_page(request)
        user = self.get_object(request, unquote(id)) if response.status_code == 302 else None
        if user is not None:
            signed_out_everywhere.send(sender=type(user), request=request, user=user)
        return response

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        if formset.model is UserLogin and formset.deleted_objects:
            # RemoveLoginAsync renews the stamp: who came in that way is to go.
            form.instance.security_stamp = new_security_stamp()
            form.instance.save(update_fields=["security_stamp"])


def register() -> None:
    """Register the project's user model, if it is one of ours and nobody registered it before."""
    user_model = get_user_model()
    if issubclass(user_model, AbstractIdentityUser) and not admin.site.is_registered(user_model):
        admin.site.register(user_model, IdentityUserAdmin)


register()
