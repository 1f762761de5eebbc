import * as client from "openid-client";
import { done, given, person } from "../python.mjs";
import { configured } from "./configured.mjs";

// The device polls while somebody opens the page that it shows.
const config = await configured();
const shown = await client.initiateDeviceAuthorization(config, { scope: given.scope });
const polled = client.pollDeviceAuthorizationGrant(config, shown);
await person("allow_device", shown.verification_uri_complete);
const tokens = await polled;
done({ shown, claims: tokens.claims(), refreshable: Boolean(tokens.refresh_token) });
