import { equal, match } from "node:assert/strict";
import { test } from "node:test";
import { checkTopicFilter, filterMatches, isTopicName } from "../../../src/protocol/codec/topic.js";
import { ascii } from "../support/bytes.js";
import { mqttError, refused } from "../support/encoding.js";

/** Tries a filter on a topic that lies between other bytes, which must not matter. */
function matches(filter: string, topic: string): boolean {
  const [result, ...others] = ["/a$", "a/b", "b", ""].map((behind) => filterMatches(ascii(filter), ascii(`$/+#${topic}${behind}`), 4, 4 + topic.length));
  for (const other of others) equal(other, result, `${filter} and ${topic}, whatever is behind it`);
  return result === true;
}

function isName(topic: string): boolean {
  const buffer = ascii(`#${topic}+`);
  return isTopicName(buffer, 1, 1 + topic.length);
}

test("a Topic Name has a character and no wildcard (MQTT-4.7.0-1, MQTT-4.7.3-1)", () => {
  for (const topic of ["a", "/", "//", " ", "a/b", "/a/", "$SYS/uptime", "$"]) equal(isName(topic), true, topic);
  for (const topic of ["", "+", "#", "a/+", "a/#", "a+", "#a", "a/b#/c"]) equal(isName(topic), false, topic);
});

test("filters with # last and + alone in its level are accepted (MQTT-4.7.1-1, MQTT-4.7.1-2)", () => {
  for (const filter of ["a", "/", "//", "#", "/#", "a/#", "+", "+/+", "+/#", "/+", "+/a/+", "a/+/b/#", "$SYS/#", "a b", "$share", "$shared/x"])
    equal(checkTopicFilter(filter), false, filter);
});

test("filters with a misplaced wildcard are refused (MQTT-4.7.1-1, MQTT-4.7.1-2)", () => {
  for (const filter of ["a#", "#a", "##", "a/#/b", "#/", "#/a", "a/b#", "a+", "+a", "++", "a/+b", "a/b+/c", "+#", "#+", "a/+#"])
    refused(() => checkTopicFilter(filter), /^topic filter ".+" must be a string with \+ and # alone in a level, # in the last/);
});

test("an empty filter is refused (MQTT-4.7.3-1)", () => {
  refused(() => checkTopicFilter(""), /^topic filter "" must be a string with/);
});

test("a filter that is no string is refused", () => {
  for (const filter of [undefined, null, 5, {}]) refused(() => checkTopicFilter(filter), /^topic filter ".+" must be a string/);
});

test("shared subscriptions have a name and a filter (MQTT-4.8.2-1, MQTT-4.8.2-2)", () => {
  for (const filter of ["$share/g/t", "$share/g/#", "$share/g/+/a", "$share/group 1//", "$share/g//a", "$share/$/t"])
    equal(checkTopicFilter(filter), true, filter);
  for (const filter of ["$share/", "$share/g", "$share/g/", "$share//t", "$share//", "$share/g+/t", "$share/+/t", "$share/#/t", "$share/g#/t", "$share/#"])
    refused(() => checkTopicFilter(filter), /a filter behind \$share\/name\/$/);
});

test("the filter of a shared subscription follows the rules of filters", () => {
  for (const filter of ["$share/g/a#", "$share/g/#/a", "$share/g/a+"]) refused(() => checkTopicFilter(filter), /# in the last/);
});

test("the message names the filter and the rules", () => {
  match(mqttError(() => checkTopicFilter("a/b#")).message, /^topic filter "a\/b#" must be a string with \+ and # alone in a level, # in the last, and a filter behind \$share\/name\/$/);
});

test("filters match topics level by level (MQTT 5.0, 4.7)", () => {
  const table: readonly (readonly [filter: string, matched: readonly string[], others: readonly string[]])[] = [
    ["a", ["a"], ["b", "aa", "a/", "/a", "a/b", "A"]],
    ["a/b", ["a/b"], ["a", "a/", "a/bc", "a/b/", "a/b/c", "b/b"]],
    ["/", ["/"], ["//", "a/", "/a"]],
    ["/a", ["/a"], ["a", "//a"]],
    ["#", ["a", "a/b", "/", "//", "/a", "a/b/c/d"], ["$SYS", "$SYS/a", "$"]],
    ["/#", ["/", "/a", "/a/b"], ["a", "a/b"]],
    ["a/#", ["a", "a/", "a/b", "a/b/c", "a//"], ["ab", "b", "ab/c", "/a"]],
    ["a/b/#", ["a/b", "a/b/", "a/b/c/d"], ["a", "a/", "a/bc", "a/bc/d"]],
    ["+", ["a", "abc", "+a"], ["a/b", "/", "a/", "/a", "$SYS", "$"]],
    ["+/", ["a/", "/"], ["a", "a/b"]],
    ["/+", ["/", "/a"], ["a", "a/b", "/a/", "/a/b"]],
    ["+/+", ["a/b", "/", "/a", "a/"], ["a", "a/b/c", "//", "$SYS/a"]],
    ["+/#", ["a", "a/b", "/", "/a", "a/b/c"], ["$SYS/a", "$SYS"]],
    ["+/b", ["a/b", "/b"], ["b", "a/b/", "a/a/b", "$SYS/b"]],
    ["a/+", ["a/b", "a/"], ["a", "a/b/", "a/b/c", "ab"]],
    ["a/+/c", ["a/b/c", "a//c"], ["a/c", "a/b/b/c", "a/b/c/d"]],
    ["a/+/#", ["a/b", "a/", "a/b/c", "a//"], ["a", "ab/c"]],
    ["a/+/+/d", ["a/b/c/d", "a///d"], ["a/b/d", "a/b/c/c/d"]],
    ["sport/tennis/player1/#", ["sport/tennis/player1", "sport/tennis/player1/ranking", "sport/tennis/player1/score/wimbledon"], ["sport/tennis/player10"]],
  ];
  for (const [filter, matched, others] of table) {
    for (const topic of matched) equal(matches(filter, topic), true, `${filter} matches ${topic}`);
    for (const topic of others) equal(matches(filter, topic), false, `${filter} does not match ${topic}`);
  }
});

test("topics that begin with $ are matched only by filters that begin with $ (MQTT 5.0, 4.7.2)", () => {
  for (const filter of ["$SYS/#", "$SYS/+", "$SYS/monitor", "$SYS/+/#"]) equal(matches(filter, "$SYS/monitor"), true, filter);
  for (const filter of ["#", "+/monitor", "+/+", "+/#", "SYS/#"]) equal(matches(filter, "$SYS/monitor"), false, filter);
  equal(matches("a/+/b", "a/$x/b"), true);
  equal(matches("a/#", "a/$x"), true);
});
