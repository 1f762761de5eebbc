import * as client from "openid-client";
import { done, given, person } from "../python.mjs";
import { configured } from "./configured.mjs";
import { signIn } from "./sign_in.mjs";

const config = await configured();
const tokens = await signIn(config);
const url = client.buildEndSessionUrl(config, {
  id_token_hint: tokens.id_token,
  post_logout_redirect_uri: given.post_logout_redirect_uri,
  state: "after",
});
const links = await person("sign_out", url.href);
let afterwards = "no error";
try {
  await signIn(config, { prompt: "none" });
} catch (error) {
  afterwards = error.error;
}
done({ links, afterwards });
