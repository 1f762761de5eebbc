"""What all pages of the provider have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.decorators.csrf import csrf_protect

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

View = Callable[..., "HttpResponse"]


def provider_page(view: View) -> View:
    """Not kept, not framed, forms of its own only, and its parameters read as UTF-8."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.encoding = "utf-8"  # whatever a Content-Type says
        return view(request, *args, **kwargs)

    return never_cache(xframe_options_deny(csrf_protect(shown)))
