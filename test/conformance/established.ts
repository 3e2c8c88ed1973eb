import type { TestContext } from "node:test";
import type { ConnectOptions } from "../../src/client/options.js";
import { subject, type Subject } from "../client/network.js";
import { ScriptedBroker, type Greeting, type ScriptedLink } from "../client/scripted-broker.js";

/** A client whose connection stands, over a real socket, and the broker's end of it. */
export interface Established extends Subject {
  readonly broker: ScriptedBroker;
  readonly link: ScriptedLink;
}

/** Connects a client to a broker that accepts it. */
export async function established(t: TestContext, options: ConnectOptions = {}, greeting: Greeting = {}): Promise<Established> {
  const broker = await ScriptedBroker.start(t);
  const all = subject(t, broker.url, options);
  const link = await broker.welcome({ version: options.version ?? 5, ...greeting });
  await all.client.ready();
  return { ...all, broker, link };
}

/** The broker grants the next SUBSCRIBE of one filter. */
export async function grant(link: ScriptedLink, qos = 2): Promise<void> {
  const { messageId } = await link.nextIs("subscribe");
  link.sendBytes(Uint8Array.of(0x90, 4, 0, Number(messageId), 0, qos));
}
