// Discovery, as an application does it when it starts.
import * as client from "openid-client";
import { given } from "../python.mjs";

export async function signingKey() {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  return crypto.subtle.importKey("jwk", given.key, algorithm, false, ["sign"]);
}

async function authentication() {
  switch (given.authentication) {
    case "client_secret_basic":
      return client.ClientSecretBasic(given.secret);
    case "client_secret_post":
      return client.ClientSecretPost(given.secret);
    case "client_secret_jwt":
      return client.ClientSecretJwt(given.secret);
    case "private_key_jwt":
      return client.PrivateKeyJwt(await signingKey());
    default:
      return client.None();
  }
}

export async function configured() {
  const config = await client.discovery(
    new URL(given.issuer),
    given.client_id,
    given.metadata,
    await authentication(),
    { execute: [client.allowInsecureRequests] },
  );
  client.enableNonRepudiationChecks(config); // check signatures although TLS would do
  return config;
}
