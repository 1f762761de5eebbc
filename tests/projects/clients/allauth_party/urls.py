"""The library's own pages, and one that says who is signed in."""

from __future__ import annotations

from allauth.socialaccount.models import SocialAccount
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path


def home(request: HttpRequest) -> HttpResponse:
    """Say who this is, and at which provider they are whom."""
    if not request.user.is_authenticated:
        return JsonResponse({})
    accounts = SocialAccount.objects.filter(user=request.user)
    return JsonResponse(
        {
            "username": request.user.get_username(),
            "accounts": {one.provider: one.uid for one in accounts},
            "data": {one.provider: one.extra_data for one in accounts},
        }
    )


urlpatterns = [path("", home), path("accounts/", include("allauth.urls"))]
