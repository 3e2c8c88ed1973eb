import { test } from "node:test";
import { plainTests } from "./bundle.js";
import { passInXs } from "./run-tests.js";

test("the storage passes its tests inside XS, and with a collection at every allocation", async () => {
  await passInXs(plainTests("storage"), 30, 300_000);
});
