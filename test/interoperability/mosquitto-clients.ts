/** mosquitto_sub and mosquitto_pub as the other side. */
import { equal } from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { EventQueue } from "../client/event-queue.js";

interface Options {
  /** Of mosquitto's or aedes' TCP listener on the loopback interface. */
  readonly port: number;
  readonly version: 4 | 5;
  readonly topic: string;
  readonly qos: number;
}

function common({ port, version, topic, qos }: Options): string[] {
  return ["-h", "127.0.0.1", "-p", String(port), "-V", version === 5 ? "5" : "311", "-t", topic, "-q", String(qos)];
}

/** Subscribes; the program ends with the test. @returns messages as "QoS payload", once the broker has taken the subscription. */
export async function mosquittoSub(test: TestContext, options: Options): Promise<EventQueue<string>> {
  // It does not tell when it has subscribed, but it tells of a message that was kept.
  const ready = { ...options, topic: `${options.topic}/ready`, qos: 0 };
  await mosquittoPub(ready, "ready", "-r");
  const child = spawn("mosquitto_sub", [...common(options), "-t", ready.topic, "-F", "%q %p"], { stdio: ["ignore", "pipe", "inherit"] });
  const messages = new EventQueue<string>();
  createInterface({ input: child.stdout }).on("line", messages.push);
  test.after(() => child.kill());
  equal(await messages.next(), "0 ready");
  return messages;
}

/** Publishes. @throws Error unless it was acknowledged. */
export async function mosquittoPub(options: Options, message: string, ...further: string[]): Promise<void> {
  const [code] = (await once(spawn("mosquitto_pub", [...common(options), "-m", message, ...further], { stdio: "inherit" }), "close")) as [number | null];
  if (code !== 0) throw new Error(`mosquitto_pub ended with ${String(code)}`);
}
