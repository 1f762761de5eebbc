import * as client from "openid-client";
import { done } from "../python.mjs";
import { configured } from "./configured.mjs";
import { signIn } from "./sign_in.mjs";

const config = await configured();
const first = await signIn(config);
const second = await client.refreshTokenGrant(config, first.refresh_token);
await client.tokenRevocation(config, second.refresh_token, { token_type_hint: "refresh_token" });
let afterRevocation = "no error";
try {
  await client.refreshTokenGrant(config, second.refresh_token);
} catch (error) {
  afterRevocation = error.error;
}
done({
  subjects: [first.claims().sub, second.claims().sub],
  rotated: first.refresh_token !== second.refresh_token,
  fresh: first.access_token !== second.access_token,
  afterRevocation,
});
