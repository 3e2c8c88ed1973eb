/** What is proved by running programs in Moddable's simulator. Each proof ends with the sentence that the report has of it. */
import assert from "node:assert/strict";
import type { Broker } from "../../boards/simulator/tools/broker.js";
import type { Sdk } from "../../boards/tools/sdk.js";
import { Observer } from "../broker/observer.js";
import { buildForSimulator } from "./build.js";
import { firmware } from "./programs.js";
import type { Screen } from "./simulator.js";

export interface Bench {
  readonly sdk: Sdk;
  readonly screen: Screen;
  readonly broker: Broker;
}

export type Proof = (bench: Bench) => Promise<string>;

/** Milliseconds that a program has for each step. */
const patience = 30_000;

/** Builds a program and runs it while something is observed at the broker. */
export async function observing(bench: Bench, name: string, manifest: Parameters<typeof buildForSimulator>[2], look: Look, resources?: Parameters<typeof buildForSimulator>[3]): Promise<void> {
  await observingProgram(bench, await buildForSimulator(bench.sdk, name, manifest, resources), look);
}

/** Runs a program that is built while something is observed at the broker. */
export async function observingProgram(bench: Bench, program: string, look: Look): Promise<void> {
  const observer = await Observer.connect(bench.broker.url);
  const running = bench.screen.run(program);
  try {
    await look((topic, passes) => seen(observer, topic, passes), observer);
  } finally {
    await running.stop();
    await observer.end();
  }
}

type Look = (see: See, observer: Observer) => Promise<void>;

type See = (topic: string, passes?: (text: string) => boolean) => Promise<string>;

/** @returns the text of the first message on the topic that passes. @throws Error when none comes in time. */
export async function seen(observer: Observer, topic: string, passes: (text: string) => boolean = () => true): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing fitting came on ${topic}; seen: ${JSON.stringify(observer.seen).slice(0, 1000)}`)), patience);
  });
  try {
    return (await Promise.race([observer.message((message) => message.topic === topic && passes(message.text)), late])).text;
  } finally {
    clearTimeout(timer);
  }
}

export const firmwareRuns: Proof = async (bench) => {
  await observing(bench, "firmware", firmware(bench.broker.url), async (see, observer) => {
    assert.equal(await see("xs-mqtt/sim/status"), "online");
    const telemetry = JSON.parse(await see("xs-mqtt/sim/telemetry")) as Record<string, unknown>;
    assert.deepEqual(Object.keys(telemetry), ["time", "uptime", "temperature", "humidity", "pressure"]);
    await observer.publish("xs-mqtt/sim/command/identify", "", { qos: 1 });
    assert.match(await see("xs-mqtt/sim/response/identify"), /^\{"ok":true,"node":"sim".*"mqtt":5,/);
    await observer.publish("xs-mqtt/sim/command/read", "", { qos: 1 });
    assert.match(await see("xs-mqtt/sim/response/read"), /^\{"ok":true,"temperature":/);
    await observer.publish("xs-mqtt/sim/command/interval", "0", { qos: 1 });
    assert.match(await see("xs-mqtt/sim/response/interval"), /^\{"ok":false,/);
  });
  return "the firmware, with the BME280 of our simulator: comes online, sends telemetry, answers `identify`, `read` and a wrong `interval`";
};
