/** Subscription Identifiers say whom a message is for (MQTT 5.0, 3.3.4-3 to 3.3.4-5). */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Client } from "../../src/client/options.js";
import { subject } from "./network.js";
import { ScriptedBroker, type ScriptedLink } from "./scripted-broker.js";

interface Bench {
  readonly client: Client;
  readonly link: ScriptedLink;
  /** What the handlers got, as "handler topic payload". */
  readonly got: readonly string[];
  /** Returns when all that was sent before is with the handlers. */
  readonly drained: () => Promise<void>;
}

/** A client with "a/#" (handler `all`, identifier 1), "a/+" (`level`, 200) and "a/b" (`plain`, none). */
async function bench(t: TestContext, version: 4 | 5 = 5, plain = true): Promise<Bench> {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { version });
  const link = await broker.welcome({ version });
  const got: string[] = [];
  const subscribe = async (filter: string, name: string, subscriptionIdentifier?: number): Promise<void> => {
    const call = client.subscribe(filter, { properties: { subscriptionIdentifier } }, (message) => void got.push(`${name} ${message.topic} ${message.text()}`));
    const identifier = String((await link.nextIs("subscribe"))["messageId"]).padStart(2, "0");
    if (version === 5) link.send("90 04 00", identifier, "00 00");
    else link.send("90 03 00", identifier, "00");
    await call;
  };
  await subscribe("a/#", "all", 1);
  await subscribe("a/+", "level", 200);
  if (plain) await subscribe("a/b", "plain");
  const drained = async (): Promise<void> => {
    link.send(version === 5 ? "32 08 00 03 'end' 12 34 00" : "32 07 00 03 'end' 12 34");
    await link.expect("40 02 12 34");
  };
  return { client, link, got, drained };
}

test("a broker that sends a message once for each subscription reaches each handler once", async (t) => {
  const { link, got, drained } = await bench(t, 5, false);
  link.send("30 09 00 03 'a/b' 02 0B 01 'x'", "30 0A 00 03 'a/b' 03 0B C8 01 'y'");
  await drained();
  deepEqual(got, ["all a/b x", "level a/b y"]);
});

test("a broker that sends a message once with all identifiers reaches each handler once", async (t) => {
  const { link, got, drained } = await bench(t, 5, false);
  link.send("30 0C 00 03 'a/b' 05 0B C8 01 0B 01 'x'");
  await drained();
  deepEqual(got, ["all a/b x", "level a/b x"]);
});

test("other properties around the identifiers do not matter", async (t) => {
  const { link, got, drained } = await bench(t, 5, false);
  link.send("30 13 00 03 'a/b' 0C 26 00 01 0B 00 01 0B 0B C8 01 01 00 'x'");
  await drained();
  deepEqual(got, ["level a/b x"]);
});

test("the broker knows better than the filter whom a message is for", async (t) => {
  const { link, got, drained } = await bench(t, 5, false);
  link.send("30 0A 00 05 'other' 02 0B 01");
  await drained();
  deepEqual(got, ["all other "]);
});

test("an identifier of nobody here reaches nobody who has one", async (t) => {
  const { link, got, drained } = await bench(t, 5, false);
  link.send("30 08 00 03 'a/b' 02 0B 07");
  await drained();
  deepEqual(got, []);
});

test("a subscription without identifier goes by its filter", async (t) => {
  const { link, got, drained } = await bench(t);
  link.send("30 08 00 03 'a/b' 02 0B 01");
  await drained();
  deepEqual(got, ["all a/b ", "plain a/b "]);
});

test("where the broker names none, in 3.1.1 too, filters decide", async (t) => {
  const { link, got, drained } = await bench(t);
  link.send("30 06 00 03 'a/b' 00");
  await drained();
  deepEqual(got, ["all a/b ", "level a/b ", "plain a/b "]);
  const old = await bench(t, 4);
  old.link.send("30 05 00 03 'a/c'");
  await old.drained();
  deepEqual(old.got, ["all a/c ", "level a/c "]);
});

test("an identifier outside 1 to 268,435,455 is refused before anything is sent", async (t) => {
  const { client, link } = await bench(t, 5, false);
  for (const subscriptionIdentifier of [0, -1, 1.5, 268_435_456])
    await rejects(client.subscribe("b", { properties: { subscriptionIdentifier } }, () => undefined), {
      kind: "configuration", message: "subscriptionIdentifier must be a whole number from 1 to 268435455",
    });
  await client.close();
  equal((await link.next()).cmd, "disconnect");
});
