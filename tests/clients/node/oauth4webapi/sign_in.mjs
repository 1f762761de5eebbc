import * as oauth from "oauth4webapi";
import { given, person } from "../python.mjs";
import { options } from "./server.mjs";

/** The code flow with every check that the library has. */
export async function signIn(server, client, authentication) {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  const url = new URL(server.authorization_endpoint);
  const parameters = {
    client_id: client.client_id,
    redirect_uri: given.redirect_uri,
    response_type: "code",
    scope: given.scope,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const back = new URL(await person("answer", url.href, given.redirect_uri));
  const answer = oauth.validateAuthResponse(server, client, back, state); // and iss (RFC 9207)
  const response = await oauth.authorizationCodeGrantRequest(
    server, client, authentication, answer, given.redirect_uri, verifier, options,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  await oauth.validateApplicationLevelSignature(server, response, options);
  return { tokens, answer };
}
