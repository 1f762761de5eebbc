// Discovery and client authentication, spelled out: this library does nothing by itself.
import * as oauth from "oauth4webapi";
import { given } from "../python.mjs";

export const options = { [oauth.allowInsecureRequests]: true };

export async function discovered() {
  const issuer = new URL(given.issuer);
  const response = await oauth.discoveryRequest(issuer, { ...options, algorithm: given.discovery });
  return oauth.processDiscoveryResponse(issuer, response);
}

export async function authentication() {
  if (given.authentication === "private_key_jwt") {
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    const key = await crypto.subtle.importKey("jwk", given.key, algorithm, false, ["sign"]);
    return oauth.PrivateKeyJwt({ key, kid: given.key.kid });
  }
  return given.authentication === "client_secret_basic"
    ? oauth.ClientSecretBasic(given.secret)
    : oauth.ClientSecretPost(given.secret);
}
