import * as client from "openid-client";
import { done, given, person } from "../python.mjs";
import { configured } from "./configured.mjs";

// response_type "id_token": no code, no token endpoint.
const config = await configured();
client.useIdTokenResponseType(config);
const expectedState = client.randomState();
const nonce = client.randomNonce();
const url = client.buildAuthorizationUrl(config, {
  redirect_uri: given.redirect_uri,
  scope: "openid",
  state: expectedState,
  nonce,
});
const back = new URL(await person("answer", url.href, given.redirect_uri));
done({ claims: await client.implicitAuthentication(config, back, nonce, { expectedState }) });
