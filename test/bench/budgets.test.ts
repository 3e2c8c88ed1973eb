import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { check } from "./budgets.js";
import { collect, exact } from "./collect.js";

test("every exact figure is within its budget", { timeout: 120_000 }, async () => {
  deepEqual(await check(await collect({ wanted: exact })), []);
});
