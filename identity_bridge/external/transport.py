"""Requests to a provider: bounded in time and size, without redirects.

The only place that imports Authlib and requests. A provider is named by an administrator, but what
it answers is still the answer of another machine.
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.views.decorators.debug import sensitive_variables

from .errors import AnswerUnusable, LibraryMissing, ProviderRefused, ProviderUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .provider import Provider

TIMEOUT = 5.0
"""Seconds to connect, and between two pieces of an answer."""
MAX_SECONDS = 10.0
"""Of one whole answer."""
MAX_BYTES = 512 * 1024
"""Of one answer: discovery documents and key sets have some kilobytes."""
MAX_ERROR_CHARACTERS = 100
USER_AGENT = "django-identity-bridge"
"""GitHub refuses requests without one."""


class Connection:
    """Authlib's session with one provider."""

    def __init__(self, provider: Provider, session: Any) -> None:
        self.provider = provider
        self.session = session

    def authorization_url(self, endpoint: str, *, verifier: str, **parameters: str) -> str:
        """Return where to send the browser; with PKCE (RFC 7636), S256."""
        url: str = self.session.create_authorization_url(
            endpoint, code_verifier=verifier, **parameters
        )[0]
        return url

    @sensitive_variables()
    def fetch_token(
        self, endpoint: str, *, code: str, verifier: str, redirect_uri: str, method: str
    ) -> dict[str, Any]:
        """Exchange the code; the session carries the access token from then on.

        ``method`` is how the client authenticates, as discovery documents name it.

        :raises ExternalSignInFailed:
        """
        self.session.token_endpoint_auth_method = method
        with self._explained("token endpoint"):
            token: dict[str, Any] = self.session.fetch_token(
                endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
                redirect_uri=redirect_uri,
            )
        if not isinstance(token.get("access_token"), str):
            raise AnswerUnusable("the token endpoint gave no access token")
        return token

    def get_json(self, url: str, *, signed_in: bool = False) -> Any:
        """Return a document; ``signed_in`` shows the access token.

        :raises ExternalSignInFailed:
        """
        headers = {"Accept": "application/json"}
        with self._explained(url):
            response = self.session.get(url, withhold_token=not signed_in, headers=headers)
            if response.status_code != 200:
                raise ProviderUnreachable(f"HTTP {response.status_code} from {url}")
            return json.loads(response.content)

    @contextmanager
    def _explained(self, place: str) -> Iterator[None]:
        from authlib.common.errors import AuthlibBaseError
        from requests import RequestException

        try:
            yield
        except RequestException as error:
            # Its text may hold what was sent.
            raise ProviderUnreachable(f"{type(error).__name__} from {place}") from None
        except AuthlibBaseError as error:
            raise ProviderRefused(f"{error_code(error.error)} from {place}") from None
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
            raise AnswerUnusable(f"{type(error).__name__} at the answer from {place}") from None


@contextmanager
@sensitive_variables()
def connection(provider: Provider) -> Iterator[Connection]:
    """Talk to a provider for the length of the block.

    :raises LibraryMissing:
    """
    try:
        from authlib.integrations.requests_client import OAuth2Session
    except ImportError:
        raise LibraryMissing(
            "pip install 'django-identity-bridge[account]'", scheme=provider.scheme
        ) from None
    with OAuth2Session(
        provider.client_id,
        provider.client_secret,
        scope=" ".join(provider.scopes),
        code_challenge_method="S256",
    ) as session:
        adapter = _adapter()
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        session.max_redirects = 0
        # Otherwise requests looks for a password in a .netrc file.
        session.auth = _nothing_added
        session.headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
        yield Connection(provider, session)


def error_code(text: Any) -> str:
    """Return an error that another server named, fit for a log."""
    return ascii(text)[:MAX_ERROR_CHARACTERS]


def _nothing_added(request: Any) -> Any:
    return request


def _adapter() -> Any:
    from requests import RequestException
    from requests.adapters import HTTPAdapter
    from urllib3.exceptions import HTTPError

    class Bounded(HTTPAdapter):
        def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
            deadline = time.monotonic() + MAX_SECONDS
            response = super().send(request, *args, **kwargs | {"stream": True, "timeout": TIMEOUT})
            try:
                response._content = _read(response.raw, deadline)
            except (HTTPError, OSError) as error:
                raise RequestException(type(error).__name__) from None
            finally:
                response.close()
            response._content_consumed = True  # type: ignore[attr-defined]
            return response

    def _read(raw: Any, deadline: float) -> bytes:
        found = b""
        # read1() returns what has come; read() would wait for a whole piece, byte by byte.
        while piece := raw.read1(64 * 1024, decode_content=False):
            found += piece
            if len(found) > MAX_BYTES:
                raise RequestException("too large")
            if time.monotonic() > deadline:
                raise RequestException("too slow")
        return found

    return Bounded()
