import * as client from "openid-client";
import { done } from "../python.mjs";
import { configured } from "./configured.mjs";
import { signIn } from "./sign_in.mjs";

// A client that asks about its own tokens.
const config = await configured();
const tokens = await signIn(config);
done({
  access: await client.tokenIntrospection(config, tokens.access_token),
  refresh: await client.tokenIntrospection(config, tokens.refresh_token),
  foreign: await client.tokenIntrospection(config, "no-token-of-ours"),
});
