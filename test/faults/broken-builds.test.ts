import { ok } from "node:assert/strict";
import { test } from "node:test";
import { brokenBuilds } from "./broken-builds.js";
import { simulate } from "./simulation.js";

/** Seeds within which a broken build has to be found. */
const SEEDS = 2000;

for (const [what, breakIt] of Object.entries(brokenBuilds)) {
  test(`found: ${what}`, async () => {
    const mend = breakIt();
    let violation: string | undefined;
    try {
      for (let seed = 1; seed <= SEEDS && violation === undefined; seed++) violation = (await simulate(seed)).violation;
    } finally {
      mend();
    }
    ok(violation !== undefined, `${SEEDS} seeds did not find it`);
  });
}
