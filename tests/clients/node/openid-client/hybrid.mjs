import * as client from "openid-client";
import { done, given, person } from "../python.mjs";
import { configured } from "./configured.mjs";

// response_type "code id_token": the client checks c_hash before it takes the code.
const config = await configured();
client.useCodeIdTokenResponseType(config);
const pkceCodeVerifier = client.randomPKCECodeVerifier();
const expectedState = client.randomState();
const expectedNonce = client.randomNonce();
const url = client.buildAuthorizationUrl(config, {
  redirect_uri: given.redirect_uri,
  scope: "openid",
  state: expectedState,
  nonce: expectedNonce,
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: "S256",
});
const back = new URL(await person("answer", url.href, given.redirect_uri));
const checks = { pkceCodeVerifier, expectedState, expectedNonce };
const tokens = await client.authorizationCodeGrant(config, back, checks);
done({ claims: tokens.claims(), fragment: back.hash });
