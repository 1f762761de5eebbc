import { setTimeout } from "node:timers/promises";
import { done, given } from "../python.mjs";
import { configured } from "./configured.mjs";
import { signIn } from "./sign_in.mjs";

const config = await configured();
const first = await signIn(config);
await setTimeout(1100); // auth_time is in seconds
const second = await signIn(config, given.parameters);
done({ first: first.claims().auth_time, second: second.claims().auth_time });
