import { equal } from "node:assert/strict";
import type { TestContext } from "node:test";
import { connect } from "../../boards/node/index.js";
import type { Client, ConnectedInfo, ConnectOptions, MessageHandler } from "../../src/client/options.js";
import type { MqttError } from "../../src/protocol/error.js";
import { EventQueue } from "./event-queue.js";
import { ScriptedBroker, type Greeting, type ScriptedLink } from "./scripted-broker.js";

/** An end of the connection as `onDisconnected` tells it. */
export interface Disconnection {
  readonly error: MqttError;
  readonly final: boolean;
}

/** A client for one test and what it said. */
export interface Subject {
  readonly client: Client;
  readonly connections: EventQueue<ConnectedInfo>;
  readonly disconnections: EventQueue<Disconnection>;
  readonly errors: EventQueue<MqttError>;
}

/** Connects over Node's own network, comes back without delay, and ends with the test. */
export function subject(test: TestContext, target: string | ConnectOptions, options: ConnectOptions = {}): Subject {
  const connections = new EventQueue<ConnectedInfo>();
  const disconnections = new EventQueue<Disconnection>();
  const errors = new EventQueue<MqttError>();
  const client = connect(target, {
    id: "c",
    reconnect: { minimum: 0, maximum: 0 },
    onConnected: connections.push,
    onDisconnected: (error, final) => disconnections.push({ error, final }),
    onError: errors.push,
    ...options,
  });
  test.after(() => client.close());
  return { client, connections, disconnections, errors };
}

/** A client whose connection stands, and what is at the other end. */
export interface Connected extends Subject {
  readonly broker: ScriptedBroker;
  readonly link: ScriptedLink;
}

/** Connects to a scripted broker of its own, which accepts. */
export async function connected(test: TestContext, options: ConnectOptions = {}, greeting: Greeting = {}): Promise<Connected> {
  const broker = await ScriptedBroker.start(test);
  const made = subject(test, broker.url, options);
  const link = await broker.welcome(greeting);
  await made.client.ready();
  return { ...made, broker, link };
}

/** Subscribes to a filter: the connection's first request, to which the broker grants QoS 0. */
export async function granted({ client, link }: Pick<Connected, "client" | "link">, filter: string, handler: MessageHandler): Promise<void> {
  const call = client.subscribe(filter, handler);
  await link.nextIs("subscribe");
  link.send("90 04 00 01 00 00");
  equal(await call, 0);
}

/** Nothing was sent that the script has not asked for: what is published now comes next. */
export async function sentNothing({ client, link }: Pick<Connected, "client" | "link">): Promise<void> {
  equal(await client.publish("z", ""), 0);
  await link.expect(client.connected?.version === 4 ? "30 03 00 01 'z'" : "30 04 00 01 'z' 00");
}
