"""Home, the account pages, the OpenID provider, and an admin entered through the login page."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

from .admin_login import to_account_login

admin.site.site_title = admin.site.site_header = "Example host"
# The list of users has many columns; the start page has all the links.
admin.site.enable_nav_sidebar = False

urlpatterns = [
    path("", TemplateView.as_view(template_name="example_project/home.html"), name="home"),
    path("account/", include("identity_bridge.account.urls")),
    path("relying-party/", include("example_project.relying_party")),
    # Before admin.site.urls: the admin's own login page knows no second factor.
    path("admin/login/", to_account_login),
    path("admin/", admin.site.urls),
    # At the root: clients of IdentityServer have its paths in their code.
    path("", include("identity_bridge.oidc.urls")),
]

handler403 = "identity_bridge.account.refusals.access_denied"
