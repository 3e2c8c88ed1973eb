/** What a server sends, where the client waits for it: what happens then is the packet's own doing. */
import { ScriptedBroker, type ScriptOptions } from "../protocol/support/scripted-broker.js";
import { properties } from "./packets.js";

export interface Awaited {
  readonly name: string;
  /** First byte. */
  readonly first: number;
  /** What follows it, with these properties or without any. */
  readonly rest: (...list: readonly string[]) => string;
  /** The connection on which it is awaited; nothing of what went out is left. */
  readonly broker: (options?: ScriptOptions) => ScriptedBroker;
}

const METHOD = "15 00 01 'm'";

/** A connection on which something has gone out. */
function after(broker: ScriptedBroker, act: (broker: ScriptedBroker) => unknown): ScriptedBroker {
  act(broker);
  broker.transport.take();
  return broker;
}

/** Identifier 1, Reason Code and properties, the last two where there are properties. */
const acknowledgement = (...list: readonly string[]): string => (list.length === 0 ? "02 00 01" : properties("00 01 00", properties(...list)));

/** Every packet but PUBLISH that a server sends. */
export const AWAITED: readonly Awaited[] = [
  {
    name: "CONNACK", first: 0x20, rest: (...list) => properties("00 00", properties(...list)),
    broker: (options) => after(new ScriptedBroker(options), (broker) => broker.connect()),
  },
  { name: "PUBACK", first: 0x40, rest: acknowledgement, broker: (options) => after(ScriptedBroker.connected(options), (broker) => broker.publish("a", 1)) },
  { name: "PUBREC", first: 0x50, rest: acknowledgement, broker: (options) => after(ScriptedBroker.connected(options), (broker) => broker.publish("a", 2)) },
  {
    name: "PUBREL", first: 0x62, rest: acknowledgement,
    broker: (options) => after(ScriptedBroker.connected(options), (broker) => broker.reply("34 06 00 01 'a' 00 01 00").told("a QoS 2: ")),
  },
  {
    name: "PUBCOMP", first: 0x70, rest: acknowledgement,
    broker: (options) => after(ScriptedBroker.connected(options), (broker) => {
      broker.publish("a", 2);
      broker.reply("50 02 00 01").told("PUBREC 1");
    }),
  },
  {
    name: "SUBACK", first: 0x90, rest: (...list) => properties("00 01", properties(...list), "00"),
    broker: (options) => after(ScriptedBroker.connected(options), (broker) => broker.client.subscribe([{ filter: "a" }], undefined, broker.now)),
  },
  {
    name: "UNSUBACK", first: 0xb0, rest: (...list) => properties("00 01", properties(...list), "00"),
    broker: (options) => after(ScriptedBroker.connected(options), (broker) => broker.client.unsubscribe(["a"], undefined, broker.now)),
  },
  { name: "PINGRESP", first: 0xd0, rest: () => "00", broker: (options) => after(ScriptedBroker.connected({ ...options, keepAlive: 1 }), (broker) => broker.after(1000)) },
  {
    name: "DISCONNECT", first: 0xe0, rest: (...list) => (list.length === 0 ? "01 8B" : properties("8B", properties(...list))),
    broker: (options) => ScriptedBroker.connected(options),
  },
  {
    name: "AUTH", first: 0xf0, rest: (...list) => properties("18", properties(METHOD, ...list)),
    broker: (options) => ScriptedBroker.connected({ ...options, properties: { ...options?.properties, authenticationMethod: "m" } }, METHOD),
  },
];
