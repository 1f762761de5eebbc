import * as oauth from "oauth4webapi";
import { done, given } from "../python.mjs";
import { authentication, discovered, options } from "./server.mjs";
import { signIn } from "./sign_in.mjs";

const server = await discovered();
const client = { client_id: given.client_id };
const { tokens, answer } = await signIn(server, client, await authentication());
const claims = oauth.getValidatedIdTokenClaims(tokens);
const response = await oauth.userInfoRequest(server, client, tokens.access_token, options);
const userinfo = await oauth.processUserInfoResponse(server, client, claims.sub, response);
done({ claims, userinfo, iss: answer.get("iss") });
