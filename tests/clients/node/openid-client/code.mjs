import * as client from "openid-client";
import { done } from "../python.mjs";
import { configured } from "./configured.mjs";
import { signIn } from "./sign_in.mjs";

const config = await configured();
try {
  const tokens = await signIn(config);
  const claims = tokens.claims();
  const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
  done({ claims, userinfo, scope: tokens.scope, expires: tokens.expires_in });
} catch (error) {
  if (!(error instanceof client.AuthorizationResponseError)) throw error;
  done({ refused: error.error });
}
