import * as oauth from "oauth4webapi";
import { done, given } from "../python.mjs";
import { authentication, discovered, options } from "./server.mjs";
import { signIn } from "./sign_in.mjs";

// An API that wants the answer signed (RFC 9701).
const server = await discovered();
const client = { client_id: given.client_id };
const { tokens } = await signIn(server, client, await authentication());
const api = { client_id: "orders", introspection_signed_response_alg: "RS256" };
const secret = oauth.ClientSecretBasic(given.api_secret);
const response = await oauth.introspectionRequest(server, api, secret, tokens.access_token, {
  ...options,
  requestJwtResponse: true,
});
const type = response.headers.get("content-type");
const found = await oauth.processIntrospectionResponse(server, api, response);
await oauth.validateApplicationLevelSignature(server, response, options);
done({ type, found });
