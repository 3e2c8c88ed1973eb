/** A client with enhanced authentication by a method of a test's own: written-out bytes and a fake clock. */
import { deepEqual, equal } from "node:assert/strict";
import type { TestContext } from "node:test";
import { Authenticator } from "../../src/authentication/authenticator.js";
import type { AuthenticationExchange } from "../../src/authentication/method.js";
import { connect } from "../../src/client/client.js";
import type { Client, ConnectOptions } from "../../src/client/options.js";
import { MqttError } from "../../src/protocol/error.js";
import { ascii } from "../protocol/support/bytes.js";
import { FakeClock } from "./fake-clock.js";
import { FakeNetwork, type FakeSocket } from "./fake-network.js";

/** CONNECT with method "m" and data "1", and no other property than those of the defaults. */
export const CONNECT = "10 1E 00 04 4D 51 54 54 05 02 00 3C 10 11 00 00 0E 10 21 00 14 15 00 01 6D 16 00 01 31 00 01 63";
export const CHALLENGE = "F0 0A 18 08 15 00 01 'm' 16 00 01 '?'";
export const ANSWER = "F0 0A 18 08 15 00 01 6D 16 00 01 21";
export const CONNACK = "20 07 00 00 04 15 00 01 'm'";
export const AGAIN = "F0 0A 19 08 15 00 01 6D 16 00 01 31";
export const DONE = "F0 06 00 04 15 00 01 'm'";

/** Answers "!" to each challenge. */
export const SIMPLE: AuthenticationExchange = { data: ascii("1"), next: () => ascii("!") };

export interface Scene {
  readonly clock: FakeClock;
  readonly network: FakeNetwork;
  readonly client: Client;
  /** Ends of connections and of the client, as they were told. */
  readonly ends: { readonly error: MqttError; readonly final: boolean }[];
  /** The socket in use. */
  readonly socket: FakeSocket;
}

/** A client whose socket is connected; its CONNECT has been taken. */
export function connecting(t: TestContext, exchange: Partial<AuthenticationExchange> = {}, options: ConnectOptions = {}): Scene {
  const clock = new FakeClock(t);
  const network = new FakeNetwork();
  const ends: Scene["ends"] = [];
  const authenticator = new Authenticator({ name: "m", begin: () => ({ ...SIMPLE, ...exchange }) });
  const client = connect("mqtt://192.0.2.1", {
    ...network.provider, id: "c", authenticator, reconnect: { minimum: 0, maximum: 0 }, onDisconnected: (error, final) => ends.push({ error, final }), ...options,
  });
  clock.advance();
  network.socket.writable();
  deepEqual(network.socket.taken(), [CONNECT]);
  return {
    clock, network, client, ends,
    get socket(): FakeSocket {
      return network.socket;
    },
  };
}

/** A client that is connected. */
export async function connected(t: TestContext, exchange: Partial<AuthenticationExchange> = {}, options: ConnectOptions = {}): Promise<Scene> {
  const scene = connecting(t, exchange, options);
  scene.socket.receive(CONNACK);
  await scene.client.ready();
  return scene;
}

/** Lets what promises have made due happen. */
export async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** The only end that was told. */
export function onlyEnd({ ends }: Scene): MqttError {
  const [end] = ends;
  equal(ends.length, 1);
  return end?.error ?? new MqttError("configuration", "none");
}
