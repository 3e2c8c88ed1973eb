import type { TestContext } from "node:test";
import type { ControlMessage, MQTTClientOptions, ReadableOptions } from "../../src/client/mqtt-client-options.js";
import { MQTTClient } from "../../src/client/mqtt-client.js";
import type { MqttError } from "../../src/protocol/error.js";
import { bytes, hex } from "../protocol/support/bytes.js";
import { FakeClock } from "./fake-clock.js";
import { FakeNetwork, type FakeSocket } from "./fake-network.js";

/** A callback of the client as it was called. */
export type Call =
  | { readonly name: "readable"; readonly count: number; readonly options: ReadableOptions }
  | { readonly name: "writable"; readonly count: number }
  | { readonly name: "control"; readonly message: ControlMessage }
  | { readonly name: "error"; readonly error: MqttError }
  | { readonly name: "close" };

type BenchOptions = Partial<MQTTClientOptions> & {
  /** Called inside `onReadable`. Default: reads all. */
  readonly reading?: (client: MQTTClient, count: number) => void;
  /** Called inside `onControl`. */
  readonly controlling?: (client: MQTTClient, message: ControlMessage) => void;
};

/** An {@link MQTTClient} with fake socket, resolver and time: everything happens when the test says so. */
export class Bench {
  readonly clock: FakeClock;
  readonly network = new FakeNetwork();
  readonly client: MQTTClient;
  /** Names of callbacks that came from inside a public method, which ECMA-419 forbids. */
  readonly violations: string[] = [];
  /** `this` of every callback. */
  readonly instances = new Set<MQTTClient>();
  /** What was read inside `onReadable`, in hexadecimal digits. */
  readonly payloads: string[] = [];
  readonly #version: 4 | 5;
  #calls: Call[] = [];
  #inside = false;

  constructor(test: TestContext, { reading, controlling, ...options }: BenchOptions = {}) {
    this.clock = new FakeClock(test);
    this.#version = options.version ?? 4;
    const record = (instance: MQTTClient, call: Call): void => this.#record(instance, call);
    const read = reading ?? ((client: MQTTClient) => this.#readAll(client));
    this.client = this.inside(
      () =>
        new MQTTClient(
          Object.freeze({
            ...this.network.provider, host: "127.0.0.1", id: "c",
            onReadable(this: MQTTClient, count: number, readable: ReadableOptions) {
              record(this, { name: "readable", count, options: readable });
              read(this, count);
            },
            onWritable(this: MQTTClient, count: number) {
              record(this, { name: "writable", count });
            },
            onControl(this: MQTTClient, message: ControlMessage) {
              record(this, { name: "control", message });
              controlling?.(this, message);
            },
            onError(this: MQTTClient, error: MqttError) {
              record(this, { name: "error", error });
            },
            onClose(this: MQTTClient) {
              record(this, { name: "close" });
            },
            ...options,
          }),
        ),
    );
  }

  #readAll(client: MQTTClient): void {
    const data = client.read();
    this.payloads.push(data instanceof ArrayBuffer ? hex(new Uint8Array(data)) : "");
  }

  #record(instance: MQTTClient, call: Call): void {
    if (this.#inside) this.violations.push(call.name);
    this.instances.add(instance);
    this.#calls.push(call);
  }

  /** Calls a public method from outside any callback; no callback may come meanwhile. */
  inside<T>(method: () => T): T {
    this.#inside = true;
    try {
      return method();
    } finally {
      this.#inside = false;
    }
  }

  /** Writes from outside any callback. */
  write(...args: Parameters<MQTTClient["write"]>): number {
    return this.inside(() => this.client.write(...args));
  }

  get socket(): FakeSocket {
    return this.network.socket;
  }

  /** Lets the socket connect; CONNECT is sent. */
  open(writable?: number): void {
    this.clock.advance();
    this.socket.writable(writable);
  }

  /** Connects, up to the CONNACK; what that brings is taken. */
  connect(writable?: number): void {
    this.open(writable);
    this.socket.receive(this.#version === 4 ? "20 02 00 00" : "20 03 00 00 00");
    this.taken();
    this.calls();
  }

  /** What was sent since the last time, in hexadecimal digits, an entry a write to the socket. */
  taken(): string[] {
    return this.socket.taken();
  }

  /** The callbacks since the last time. */
  calls(): Call[] {
    const calls = this.#calls;
    this.#calls = [];
    return calls;
  }

  /** The callbacks of one name since the last time; all are taken. */
  only<N extends Call["name"]>(name: N): Extract<Call, { name: N }>[] {
    return this.calls().filter((call): call is Extract<Call, { name: N }> => call.name === name);
  }
}

/** Bytes as `write` takes them. */
export function buffer(...lines: readonly string[]): ArrayBuffer {
  return bytes(...lines).slice().buffer;
}
