"""Claim type URIs of System.Security.Claims, and their short names in JSON web tokens.

Source: ClaimTypeMapping.cs of Microsoft.IdentityModel (DefaultInboundClaimTypeMap). Several short
names may stand for one URI; on the way out the first one wins. Types without an entry (``name``,
``phone_number``, ``locale`` …) are the same in both directions.
"""

from __future__ import annotations

_XML_SOAP = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
_MICROSOFT = "http://schemas.microsoft.com/ws/2008/06/identity/claims/"
_ENTRA = "http://schemas.microsoft.com/identity/claims/"
_CLAIMS = "http://schemas.microsoft.com/claims/"
_ADFS1 = "http://schemas.xmlsoap.org/claims/"
_EXPIRY = "http://schemas.microsoft.com/ws/2012/01/"

NAME_IDENTIFIER = _XML_SOAP + "nameidentifier"
NAME = _XML_SOAP + "name"
EMAIL = _XML_SOAP + "emailaddress"
GIVEN_NAME = _XML_SOAP + "givenname"
SURNAME = _XML_SOAP + "surname"
ROLE = _MICROSOFT + "role"
AUTHENTICATION_METHOD = _MICROSOFT + "authenticationmethod"
SECURITY_STAMP = "AspNet.Identity.SecurityStamp"
AMR = "amr"
IDENTITY_PROVIDER_2X = (
    "http://schemas.microsoft.com/accesscontrolservice/2010/07/claims/identityprovider"
)
"""ASP.NET Identity 2.x adds this type with the value ``ASP.NET Identity`` to each principal."""

# Order matters: short_name answers the first short name of a URI.
_LONG_NAMES: dict[str, str] = {
    "nameid": NAME_IDENTIFIER,
    "sub": NAME_IDENTIFIER,
    "unique_name": NAME,
    "email": EMAIL,
    "given_name": GIVEN_NAME,
    "family_name": SURNAME,
    "birthdate": _XML_SOAP + "dateofbirth",
    "gender": _XML_SOAP + "gender",
    "website": _XML_SOAP + "webpage",
    "upn": _XML_SOAP + "upn",
    "ppid": _XML_SOAP + "privatepersonalidentifier",
    "role": ROLE,
    "roles": ROLE,
    "actort": "http://schemas.xmlsoap.org/ws/2009/09/identity/claims/actor",
    "authmethod": AUTHENTICATION_METHOD,
    "winaccountname": _MICROSOFT + "windowsaccountname",
    "primarysid": _MICROSOFT + "primarysid",
    "primarygroupsid": _MICROSOFT + "primarygroupsid",
    "groupsid": _MICROSOFT + "groupsid",
    "denyonlyprimarysid": _MICROSOFT + "denyonlyprimarysid",
    "denyonlyprimarygroupsid": _MICROSOFT + "denyonlyprimarygroupsid",
    "denyonlysid": _XML_SOAP + "denyonlysid",
    "certpublickey": _XML_SOAP + "rsa",
    "certthumbprint": _XML_SOAP + "thumbprint",
    "certserialnumber": _MICROSOFT + "serialnumber",
    "oid": _ENTRA + "objectidentifier",
    "tid": _ENTRA + "tenantid",
    "scp": _ENTRA + "scope",
    "idp": _ENTRA + "identityprovider",
    "acr": _CLAIMS + "authnclassreference",
    "amr": _CLAIMS + "authnmethodsreferences",
    "adfs1email": _ADFS1 + "EmailAddress",
    "adfs1upn": _ADFS1 + "UPN",
    "commonname": _ADFS1 + "CommonName",
    "group": _ADFS1 + "Group",
    "pwdchgurl": _EXPIRY + "passwordchangeurl",
    "pwdexpdays": _EXPIRY + "passwordexpirationdays",
    "pwdexptime": _EXPIRY + "passwordexpirationtime",
    "insidecorporatenetwork": _EXPIRY + "insidecorporatenetwork",
}

_SHORT_NAMES: dict[str, str] = {}
for _short, _long in _LONG_NAMES.items():
    _SHORT_NAMES.setdefault(_long, _short)


def long_name(short: str) -> str:
    """Return the URI .NET stores for a token's claim name; the name itself if it has none."""
    return _LONG_NAMES.get(short, short)


def short_name(uri: str) -> str:
    """Return the name .NET writes into a token for a claim type; the type itself if it has none.

    ``nameidentifier`` answers ``nameid``, as .NET does; an OpenID Connect provider wants ``sub``.
    """
    return _SHORT_NAMES.get(uri, uri)
