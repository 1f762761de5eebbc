import * as oauth from "oauth4webapi";
import { done, given } from "../python.mjs";
import { discovered, options } from "./server.mjs";

const server = await discovered();
const client = { client_id: given.client_id };
const parameters = { scope: given.scope };
const refused = {};
for (const [name, authentication] of Object.entries({
  basic: oauth.ClientSecretBasic("wrong"),
  post: oauth.ClientSecretPost("wrong"),
})) {
  const response = await oauth.clientCredentialsGrantRequest(
    server, client, authentication, parameters, options,
  );
  refused[name] = { status: response.status, challenge: response.headers.get("www-authenticate") };
  try {
    await oauth.processClientCredentialsResponse(server, client, response);
  } catch (error) {
    refused[name].error = error.error ?? error.code ?? String(error);
    refused[name].kind = error.name;
  }
}
done(refused);
