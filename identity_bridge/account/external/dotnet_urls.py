"""The redirect URIs of a .NET application, for providers that are not to be told new ones.

Include them at the root of the host: ``path("", include("identity_bridge.account.external
.dotnet_urls"))``, and name the path in ``callback_path`` of the provider. An answer is taken only
at the address that its question has named.
"""

from __future__ import annotations

from django.urls import URLPattern, path

from .callback import callback

urlpatterns: list[URLPattern] = [
    path("signin-<str:scheme>", callback),
    path("federation/<str:scheme>/signin", callback),
]
