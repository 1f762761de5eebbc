import * as client from "openid-client";
import { done, given } from "../python.mjs";
import { configured } from "./configured.mjs";

const config = await configured();
const ask = (password) =>
  client.genericGrantRequest(config, "password", {
    scope: "orders.read",
    username: given.username,
    password,
  });
const right = await ask(given.password);
let wrong = "no error";
try {
  await ask("wrong");
} catch (error) {
  wrong = error.error;
}
done({ right: right.token_type, wrong });
