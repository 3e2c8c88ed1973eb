import { ok } from "node:assert/strict";
import { test } from "node:test";
import { brokenBuilds, ENOUGH, find } from "./broken-builds.js";

for (const [what, breakIt] of Object.entries(brokenBuilds)) {
  test(`found: ${what}`, async (context) => {
    const found = await find(breakIt);
    ok(found !== undefined, `${ENOUGH} seeds did not find it`);
    context.diagnostic(`seed ${found.seed}: ${found.violation}`);
  });
}
