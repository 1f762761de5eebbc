import * as oauth from "oauth4webapi";
import { done, given } from "../python.mjs";
import { authentication, discovered, options } from "./server.mjs";
import { signIn } from "./sign_in.mjs";

// The library as an API: a JWT access token (RFC 9068), checked with the provider's keys.
const server = await discovered();
const client = { client_id: given.client_id };
const { tokens } = await signIn(server, client, await authentication());
const headers = { authorization: `Bearer ${tokens.access_token}` };
const request = new Request("http://127.0.0.1/orders", { headers });
done(await oauth.validateJwtAccessToken(server, request, "orders", options));
