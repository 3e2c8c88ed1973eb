import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { budgets, check } from "./budgets.js";
import { collect, exact, type Name } from "./collect.js";
import { column, expected, peers, written } from "./comparison.js";

/** A peer's figures in the README may be off by this part: its RAM depends on the length of names. */
const TOLERANCE = 0.02;

test("every exact figure is within its budget, and the peer's are as the README has them", { timeout: 120_000 }, async () => {
  const result = await collect({ wanted: new Set<Name>([...exact, "peers"]), peersExact: true });
  deepEqual(await check(result), []);
  const [[name, stated] = ["", {}]] = Object.entries(await peers()).filter(([peer]) => peer.startsWith("u8-mqtt"));
  const measured = column(result.peers?.["u8-mqtt"] ?? {});
  for (const [path, value] of Object.entries(stated)) ok(Math.abs((measured[path] ?? NaN) - value) <= TOLERANCE * value, `${name}: ${path} is ${measured[path]}, peers.json says ${value}`);
});

test("the README's comparison is made from budgets.json and peers.json", async () => {
  equal(await written(), await expected(await budgets()), "npm run bench -- --tighten writes it");
});
