import * as client from "openid-client";
import { done, given, person } from "../python.mjs";
import { configured } from "./configured.mjs";

// One sign-in for two APIs; each gets a token of its own.
const config = await configured();
const pkceCodeVerifier = client.randomPKCECodeVerifier();
const parameters = new URLSearchParams({
  redirect_uri: given.redirect_uri,
  scope: given.scope,
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: "S256",
});
for (const one of ["urn:stock", "urn:prices"]) parameters.append("resource", one);
const url = client.buildAuthorizationUrl(config, parameters);
const back = new URL(await person("answer", url.href, given.redirect_uri));
const first = await client.authorizationCodeGrant(
  config, back, { pkceCodeVerifier }, { resource: "urn:stock" },
);
const second = await client.refreshTokenGrant(config, first.refresh_token, {
  resource: "urn:prices",
});
let foreign = "no error";
try {
  await client.refreshTokenGrant(config, first.refresh_token, { resource: "urn:orders" });
} catch (error) {
  foreign = error.error;
}
const audience = ({ access_token }) =>
  JSON.parse(Buffer.from(access_token.split(".")[1], "base64url")).aud;
done({ first: audience(first), second: audience(second), foreign });
