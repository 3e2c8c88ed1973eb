import type { TestContext } from "node:test";
import { connect } from "../../src/client/client.js";
import type { Client, ConnectOptions } from "../../src/client/options.js";
import type { MqttError } from "../../src/protocol/error.js";
import { FakeClock } from "../client/fake-clock.js";
import { FakeNetwork, type FakeSocket } from "../client/fake-network.js";

export const CONNACK = "20 03 00 00 00";
export const RESUMED = "20 03 01 00 00";
export const PINGREQ = "C0 00";
export const PINGRESP = "D0 00";

/** A client whose broker, network and time are in the hands of a test. It comes back without delay. */
export class Attacked {
  readonly clock: FakeClock;
  readonly network = new FakeNetwork();
  /** What `onDisconnected` was told: kind, Reason Code and message, and whether it was the end. */
  readonly ends: (readonly [kind: string, reasonCode: number, message: string, final: boolean])[] = [];
  /** What `onError` was told. */
  readonly errors: MqttError[] = [];
  readonly client: Client;

  constructor(t: TestContext, options: ConnectOptions = {}) {
    this.clock = new FakeClock(t);
    this.client = connect("mqtt://192.0.2.1", {
      ...this.network.provider, id: "c", reconnect: { minimum: 0, maximum: 0 },
      onDisconnected: (error, final) => void this.ends.push([error.kind, error.reasonCode, error.message, final]),
      onError: (error) => void this.errors.push(error),
      ...options,
    });
  }

  /** The socket in use. */
  get socket(): FakeSocket {
    return this.network.socket;
  }

  /** The next connection: its socket, once CONNECT is sent. */
  accept(): FakeSocket {
    this.clock.advance();
    this.socket.writable();
    this.socket.taken();
    return this.socket;
  }

  /** The next connection, its CONNECT answered. */
  greet(connack = CONNACK): FakeSocket {
    const socket = this.accept();
    socket.receive(connack);
    return socket;
  }

  /** Takes up a subscription to "a" and its messages. @param handler what becomes of each. */
  subscribe(handler: (text: string) => void | Promise<void>, qos: 0 | 1 | 2 = 0): void {
    void this.client.subscribe("a", { qos }, (message) => handler(message.text()));
    const { socket } = this;
    const request = socket.taken()[0] ?? "";
    const version5 = request.startsWith("82 07");
    socket.receive(version5 ? "90 04" : "90 03", request.slice(6, 11), version5 ? "00" : "", `0${qos}`);
  }

  /** Lets promises settle that the test has resolved, and all that follows from them. */
  settle(): Promise<void> {
    return new Promise((resolve) => void setImmediate(resolve));
  }
}

/** How a call ended: the Reason Code, or kind and Reason Code of the error. */
export function outcome(call: Promise<number>): Promise<unknown> {
  return call.catch((error: unknown) => {
    const { kind, reasonCode } = error as MqttError;
    return [kind, reasonCode];
  });
}
