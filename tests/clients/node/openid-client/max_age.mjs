import { done } from "../python.mjs";
import { configured } from "./configured.mjs";
import { signIn } from "./sign_in.mjs";

// Signed in once, then asked with max_age: the client itself checks auth_time against it.
const config = await configured();
const first = await signIn(config);
const second = await signIn(config, { max_age: "600" });
done({ first: first.claims().auth_time, second: second.claims().auth_time });
