import { equal } from "node:assert/strict";
import { test } from "node:test";
import { plainTests } from "./bundle.js";
import { passInXs } from "./run-tests.js";

test("the protocol core and the authentication methods pass their tests inside XS, and with a collection at every allocation", async () => {
  const outcomes = await passInXs([...plainTests("protocol"), ...plainTests("authentication")], 200, 60_000);
  // What docs/authentication.md says of 4,096 iterations.
  equal(Math.floor((outcomes.find(({ name }) => name.startsWith("RFC 7677"))?.steps ?? 0) / 1e6), 97);
});
