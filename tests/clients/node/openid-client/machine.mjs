import * as client from "openid-client";
import { done, given } from "../python.mjs";
import { configured } from "./configured.mjs";

const config = await configured();
const tokens = await client.clientCredentialsGrant(config, { scope: given.scope });
done({ type: tokens.token_type, scope: tokens.scope, expires: tokens.expires_in });
