import assert from "node:assert/strict";
import { test } from "node:test";
import { startBroker } from "../../../../boards/simulator/tools/broker.js";
import { StartRun } from "./start-run.js";

test("for people: the password is masked, and the commands have places for user and password", async (context) => {
  const broker = await startBroker({ kind: "mosquitto" });
  context.after(() => broker.stop());
  const run = new StartRun(context, "--broker", `mqtt://alice:s%40cret@127.0.0.1:${broker.port}`);
  while (!(await run.line()).includes("command/identify"));
  run.child.kill("SIGTERM");
  assert.equal(await run.end(), 0);
  const text = run.lines.join("\n");
  assert.ok(text.includes(`at mqtt://alice:***@127.0.0.1:${broker.port}\n`));
  assert.ok(text.includes(`mosquitto_pub -h 127.0.0.1 -p ${broker.port} -u USER -P PASSWORD -t 'xs-mqtt/node-1/command/read' -n`));
  assert.doesNotMatch(text, /cret/);
});

test("neither an event nor the reason of a failure has the password", async (context) => {
  const run = new StartRun(context, "--json", "--seconds", "1", "--broker", "mqtt://alice:s%40cret@127.0.0.1:1");
  assert.equal((await run.next("broker")).url, "mqtt://alice:***@127.0.0.1:1");
  assert.equal(await run.end(), 1);
  assert.doesNotMatch(run.lines.join("\n") + run.stderr, /cret/);
  assert.match(run.stderr, /[^?]\.\n$/);
});
