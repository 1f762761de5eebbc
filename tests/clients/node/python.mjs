// The other end of tests/clients/node_scripts.py: a line of JSON each way.
import { createInterface } from "node:readline";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function received() {
  return JSON.parse((await lines.next()).value);
}

/** What the test gives the script: addresses, names, secrets, a private key. */
export const given = await received();

/** Have somebody's browser do something; see tests/clients/person.py. */
export async function person(action, ...args) {
  process.stdout.write(JSON.stringify({ action, args }) + "\n");
  return received();
}

/** End with what the test is to look at. */
export function done(result) {
  process.stdout.write(JSON.stringify({ result }) + "\n", () => process.exit(0));
}
