import * as client from "openid-client";
import { done, given, person } from "../python.mjs";
import { configured } from "./configured.mjs";

const config = await configured();
const pkceCodeVerifier = client.randomPKCECodeVerifier();
const expectedState = client.randomState();
const url = client.buildAuthorizationUrl(config, {
  redirect_uri: given.redirect_uri,
  response_mode: "form_post",
  scope: "openid",
  state: expectedState,
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: "S256",
});
const fields = await person("posted_answer", url.href, given.redirect_uri);
const body = new URLSearchParams(fields);
const posted = new Request(given.redirect_uri, { method: "POST", body });
const checks = { pkceCodeVerifier, expectedState, idTokenExpected: true };
const tokens = await client.authorizationCodeGrant(config, posted, checks);
done({ claims: tokens.claims() });
