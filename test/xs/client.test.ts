import { test } from "node:test";
import { plainTests } from "./bundle.js";
import { passInXs } from "./run-tests.js";

/** Tests of parts of the client that need neither Node nor a network. */
const FILES = ["bytes.test.js", "web-socket.test.js"];

test("parts of the client pass their tests inside XS, and with a collection at every allocation", async () => {
  await passInXs(plainTests("client").filter((file) => FILES.some((name) => file.endsWith(`/${name}`))), 24, 60_000);
});
