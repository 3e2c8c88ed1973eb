import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { run } from "./run.js";
import { violations } from "./violations.js";

test("kill -9 of the device and of mosquitto over a bad link: nothing is lost, nothing doubled at QoS 2", async () => {
  const result = await run({ kills: 10, seed: 5 });
  deepEqual(violations(result), []);
  equal(result.kills.device + result.kills.broker, 10);
  for (const accounts of [result.fromDevice, result.toDevice]) ok(accounts[1].arrived > 0 && accounts[2].arrived > 0);
});
