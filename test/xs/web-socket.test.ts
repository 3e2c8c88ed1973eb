import { test } from "node:test";
import { plainTests } from "./bundle.js";
import { passInXs } from "./run-tests.js";

test("the socket over a WebSocket passes its tests inside XS, and with a collection at every allocation", async () => {
  await passInXs(plainTests("client").filter((file) => file.endsWith("/web-socket.test.js")), 20, 60_000);
});
