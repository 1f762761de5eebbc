"""How long a parameter may be (IdentityServerOptions.InputLengthRestrictions), in characters.

What is longer is refused before anything else looks at it.
"""

from __future__ import annotations

from typing import Final

CLIENT_ID: Final = 100
CLIENT_SECRET: Final = 100
SCOPE: Final = 300
REDIRECT_URI: Final = 400
NONCE: Final = 300
STATE: Final = 4096
"""IdentityServer sets no limit; a redirect must fit into a header all the same."""
UI_LOCALES: Final = 100
LOGIN_HINT: Final = 100
ACR_VALUES: Final = 300
GRANT_TYPE: Final = 100
USER_NAME: Final = 100
PASSWORD: Final = 100
HANDLE: Final = 100
"""Of codes, refresh tokens, reference tokens, device codes."""
JWT: Final = 51_200
RESOURCE_INDICATOR: Final = 512
ID_TOKEN_HINT: Final = 4000
CODE_CHALLENGE_MIN: Final = 43
CODE_CHALLENGE_MAX: Final = 128
CODE_VERIFIER_MIN: Final = 43
CODE_VERIFIER_MAX: Final = 128
CLAIMS: Final = 8192
RESOURCES: Final = 20
"""How many ``resource`` parameters one request may have."""
