import * as client from "openid-client";
import { given, person } from "../python.mjs";

/** The code flow with PKCE, state and nonce. */
export async function signIn(config, parameters = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const expectedNonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: given.redirect_uri,
    scope: given.scope,
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    ...parameters,
  });
  const back = new URL(await person("answer", url.href, given.redirect_uri, given.consent ?? "allow"));
  return client.authorizationCodeGrant(config, back, {
    pkceCodeVerifier,
    expectedState,
    expectedNonce,
    maxAge: parameters.max_age && Number(parameters.max_age),
    idTokenExpected: true,
  });
}
