"""Roles in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from identity_bridge.aspnet.errors import NormalizationError
from identity_bridge.aspnet.normalization import normalize_name
from identity_bridge.models import Role, RoleClaim

from .stamped import StampedModelAdmin, StampedModelForm
from .user_forms import VerbatimCharField

if TYPE_CHECKING:
    from django.db.models import ManyToManyField, QuerySet
    from django.forms import ModelMultipleChoiceField
    from django.http import HttpRequest
    from django.utils.safestring import SafeString


class RoleForm(StampedModelForm):
    class Meta:
        model = Role
        fields = "__all__"
        field_classes = {"name": VerbatimCharField}

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        try:
            key = normalize_name(name)
        except NormalizationError as error:
            raise ValidationError(str(error), code=error.code) from error
        if Role.objects.filter(normalized_name=key).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("This role name is taken."), code="DuplicateRoleName")
        return name


class RoleClaimInline(admin.TabularInline):  # type: ignore[type-arg]
    """A role's claims: shown, added and removed, not edited (see ``user_inlines``)."""

    model = RoleClaim
    fields = ["claim_type", "claim_value"]
    ordering = ["id"]
    extra = 0

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name in {"claim_type", "claim_value"}:
            kwargs |= {"strip": False, "widget": forms.Textarea(attrs={"rows": 1, "cols": 50})}
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Role)
class RoleAdmin(StampedModelAdmin):
    form = RoleForm
    inlines = [RoleClaimInline]
    list_display = ["role_name", "members", "claims"]
    search_fields = ["normalized_name"]
    ordering = ["normalized_name", "pk"]
    filter_horizontal = ["permissions"]
    readonly_fields = ["id", "normalized_name", "members"]

    class Media:
        css = {"all": ["identity_bridge/admin/records.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Role]:
        members = Count("memberships__user_id", distinct=True)
        claims = Count("claims", distinct=True)
        roles: QuerySet[Role] = super().get_queryset(request)
        return roles.annotate(member_count=members, claim_count=claims)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        try:
            words = [normalize_name(word) or "" for word in search_term.split()]
        except NormalizationError:
            return queryset.none(), False
        for word in words:
            queryset = queryset.filter(normalized_name__contains=word)
        return queryset, False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": ["name", "permissions"]})]
        shown = ["id", "name", "normalized_name", "members", "permissions"]
        if self.has_change_permission(request, obj):
            shown.append("read_stamp")
        return [(None, {"fields": shown})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        readonly = [*super().get_readonly_fields(request, obj)]
        # Whoever is a member would hand these to himself.
        return readonly if request.user.is_superuser else [*readonly, "permissions"]

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField[Any] | None:
        if db_field.name == "permissions":
            permissions = db_field.remote_field.model._default_manager.all()
            kwargs["queryset"] = permissions.select_related("content_type")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=_("name"), ordering="normalized_name")
    def role_name(self, role: Role) -> SafeString:
        if role.name is None or not role.name.strip():
            return format_html("<em>{}</em>", gettext("(no name)"))
        return format_html("<bdi>{}</bdi>", role.name)

    @admin.display(description=_("members"), ordering="member_count")
    def members(self, role: Role) -> SafeString | str:
        count: int = role.member_count  # type: ignore[attr-defined]
        text = ngettext("%d user", "%d users", count) % count
        options = get_user_model()._meta
        try:
            url = reverse(
                f"{self.admin_site.name}:{options.app_label}_{options.model_name}_changelist"
            )
        except NoReverseMatch:
            return text
        query = urlencode({"roles__id__exact": role.pk})
        return format_html('<a href="{}?{}">{}</a>', url, query, text)

    @admin.display(description=_("claims"), ordering="claim_count")
    def claims(self, role: Role) -> int:
        return role.claim_count  # type: ignore[attr-defined,no-any-return]
