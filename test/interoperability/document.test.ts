import { ok } from "node:assert/strict";
import { test } from "node:test";
import { isDocumentUpToDate } from "./document.js";

test("docs/interoperability.md tells of the tests there are", () => {
  ok(isDocumentUpToDate(), "npm run interoperability writes it");
});
