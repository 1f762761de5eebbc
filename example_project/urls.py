"""Home, the account pages, and an admin that is entered through the account's login page."""

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
    # Before admin.site.urls: the admin's own login page knows no second factor.
    path("admin/login/", to_account_login),
    path("admin/", admin.site.urls),
]
