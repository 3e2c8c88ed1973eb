import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { isUpToDate } from "./document.js";
import { shortcomings, toLedger } from "./ledger.js";
import { mqtt5 } from "./statements.js";
import { parseTitle, titledTests, type TitledTest } from "./titled-tests.js";

function titled(title: string): TitledTest {
  const test = parseTitle("some.test.js", title);
  ok(test !== undefined);
  return test;
}

/** What is wrong with the ledger when a statement is proved by no other test than this one. */
function wrongWith(title: string, passed: boolean): string[] {
  const { ids } = titled(title);
  const others = mqtt5.map(({ id }) => titled(`[${id}] of another`)).filter(({ ids: [id = ""] }) => !ids.includes(id));
  return shortcomings({ ...toLedger([titled(title), ...others], ({ behaviour }) => behaviour === "of another" || passed), older: [] });
}

test("the list has the 251 statements of MQTT 5.0, 174 of them a client's", () => {
  equal(mqtt5.length, 251);
  equal(mqtt5.filter(({ breach }) => breach === undefined).length, 174);
  equal(new Set(mqtt5.map(({ id }) => id)).size, 251);
});

test("a title names the statements that its test proves", () => {
  deepEqual(titled("[MQTT-1.5.4-1][3.1.1 Password] what it does").ids, ["MQTT-1.5.4-1", "3.1.1 Password"]);
  equal(titled("[MQTT-1.5.4-1] what it does").behaviour, "what it does");
  equal(parseTitle("some.test.js", "what it does (MQTT-1.5.4-1)"), undefined);
});

test("a statement without a passing test is named, and so is a test of no statement", () => {
  deepEqual(wrongWith("[MQTT-3.1.0-1][MQTT-3.1.0-2] x", true), []);
  deepEqual(wrongWith("[MQTT-3.1.0-1][MQTT-3.1.0-2] x", false).map((line) => line.split(" ")[0]), ["MQTT-3.1.0-1", "MQTT-3.1.0-2"]);
  deepEqual(wrongWith("[MQTT-9.9.9-9] x", true), ['some.test.ts: "[MQTT-9.9.9-9] x" names MQTT-9.9.9-9, which no list has']);
});

test("docs/conformance.md is what the tests make it", async () => {
  const ledger = toLedger(await titledTests(), () => true);
  deepEqual(shortcomings(ledger), []);
  ok(isUpToDate(ledger), "npm run conformance writes it");
});
