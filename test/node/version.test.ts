import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { version } from "../../src/node/version.js";

test("the firmware tells the package's version", () => {
  const { version: packageVersion } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  assert.equal(version, packageVersion);
});
