import { generate, parser, type Packet } from "mqtt-packet";
import type { Properties } from "../../../src/protocol/codec/property.js";

/** A packet as mqtt-packet has it, without what is absent. */
export type PeerPacket = Readonly<Record<string, unknown>> & { readonly cmd: string };

const BOOLEAN = new Set<string>([
  "payloadFormatIndicator", "requestProblemInformation", "requestResponseInformation", "retainAvailable", "wildcardSubscriptionAvailable",
  "subscriptionIdentifierAvailable", "sharedSubscriptionAvailable",
]);

/** User properties by name; mqtt-packet has no order among names. */
function grouped(pairs: readonly (readonly [string, string])[]): object {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value]);
  const result = Object.create(null) as Record<string, string | string[]>;
  for (const [name, values] of groups) result[name] = values.length > 1 ? values : (values[0] ?? "");
  return result;
}

/** Properties as mqtt-packet has them, as a field to spread: left out when there are none. */
export function peerProperties(properties: Properties | undefined): { properties?: Record<string, unknown> } {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(properties ?? {}) as [string, unknown][]) {
    if (name === "userProperty") result["userProperties"] = grouped(value as readonly (readonly [string, string])[]);
    else if (name === "subscriptionIdentifierAvailable") result["subscriptionIdentifiersAvailable"] = value === 1;
    else if (BOOLEAN.has(name)) result[name] = value === 1;
    else result[name] = value instanceof Uint8Array ? Buffer.from(value) : value;
  }
  return Object.keys(result).length > 0 ? { properties: result } : {};
}

/** Encodes with mqtt-packet. */
export function generatedByPeer(packet: PeerPacket, version: 4 | 5): Uint8Array {
  return Uint8Array.from(generate(packet as unknown as Packet, { protocolVersion: version }));
}

/** Parses one packet with mqtt-packet, without the fields that say nothing for its type. */
export function parsedByPeer(data: Uint8Array, version: 4 | 5): PeerPacket {
  const packets: Packet[] = [];
  const parsing = parser({ protocolVersion: version });
  parsing.on("packet", (packet) => packets.push(packet));
  parsing.on("error", (error: unknown) => {
    throw error;
  });
  parsing.parse(Buffer.from(data));
  const [packet] = packets;
  if (packets.length !== 1 || packet === undefined) throw new Error(`mqtt-packet found ${packets.length} packets`);
  const always = packet.cmd === "publish" ? ["length"] : ["length", "retain", "qos", "dup", "topic", "payload"];
  const entries = Object.entries(packet).filter(([name, value]) => !always.includes(name) && value !== null);
  return { cmd: packet.cmd, ...Object.fromEntries(entries) };
}
