import { equal } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { measureFigures } from "./figures.js";
import { costs } from "./storage-page.js";

test("docs/storage.md has the figures as they are measured", async () => {
  const page = readFileSync(join(projectRoot, "docs/storage.md"), "utf8");
  const head = "\n| | |\n|---|---|\n| flash writes per message";
  const begin = page.indexOf(head) + head.indexOf("| flash");
  equal(page.slice(begin, page.indexOf("\n\n", begin) + 1), await costs(await measureFigures()));
});
