import type { ConnectOptions, QueuePolicy } from "../../src/client/options.js";
import type { Geometry } from "../storage/fake-flash.js";
import { NO_LIMITS, type Limits } from "./model-broker.js";
import type { LinkPlan } from "./link.js";
import type { World } from "./world.js";

const POLICIES: readonly QueuePolicy[] = ["reject", "reject", "drop-oldest", "newest-per-topic"];

/** What kind of device, network and broker a seed has, and how much goes wrong with them. */
export interface Profile {
  readonly options: Partial<ConnectOptions>;
  /** Its flash, if it has a session there. */
  readonly geometry: Geometry | undefined;
  /** It wants no retained messages at each start, and need not subscribe again to what it has on flash. */
  readonly keepsSubscriptions: boolean;
  /** Readings are taken and sent. */
  readonly readings: boolean;
  /** Chance that a handler takes its time, and that it refuses. */
  readonly slow: number;
  readonly refusing: number;
  /** Calls of the application, and milliseconds between two at most. */
  readonly calls: number;
  readonly pause: number;
  /** Chance of a fault at each turn, milliseconds between two turns at most. */
  readonly trouble: number;
  readonly calm: number;
  /** Chances at each connection. */
  readonly unreachable: number;
  readonly refused: number;
  readonly cut: number;
  readonly limited: number;
  /** Chance that power goes at a write, for each write. */
  readonly torn: number;
  /** Milliseconds one way at most, and before an answer. */
  readonly latency: number;
  readonly hesitation: number;
  /** The broker refuses a message in so many; 0: none. */
  readonly refusedMessages: number;
  /** Messages that a broker of MQTT 3.1.1 has under way to the device, which cannot tell it how many it has room for. */
  readonly window: number;
}

export function makeProfile(world: World): Profile {
  const { random } = world;
  const durable = random.chance(0.8);
  const queuePolicy = POLICIES[random.below(POLICIES.length)] ?? "reject";
  const minimum = world.between(0, 1000);
  const receiveMaximum = world.between(1, 20);
  const sometimes = (probability: number, most: number): number => (random.chance(probability) ? random.next() * most : 0);
  return {
    options: {
      keepAlive: 1000 * world.between(3, 60), inFlight: world.between(1, 8), queue: world.between(durable ? 1 : 0, 16), queuePolicy, early: random.chance(0.2), connectTimeout: 1000 * world.between(3, 30),
      receiveBuffer: world.between(100, 400), sendBuffer: world.between(128, 256), properties: { receiveMaximum },
      reconnect: { minimum, maximum: minimum + world.between(0, 20_000), stable: world.between(0, 10_000) },
      ...(random.chance(0.25) && { version: 4 }),
    },
    geometry: durable ? { blocks: world.between(6, 12), blockLength: 512, writeAlign: [1, 4, 16][random.below(3)] ?? 4 } : undefined,
    readings: durable && queuePolicy === "reject" && random.chance(0.5),
    slow: sometimes(0.5, 0.8), refusing: sometimes(0.2, 0.3), calls: world.between(10, 60), pause: world.between(20, 2000), trouble: random.next() * 0.8, calm: world.between(200, 10_000),
    unreachable: sometimes(0.5, 0.6), refused: sometimes(0.3, 0.5), cut: sometimes(0.7, 0.9), limited: sometimes(0.5, 0.9), torn: sometimes(0.5, 0.08),
    latency: random.chance(0.2) ? 3000 : world.between(1, 300), hesitation: sometimes(0.4, 3000), refusedMessages: random.chance(0.2) ? world.between(5, 12) : 0,
    window: random.chance(0.5) ? receiveMaximum : world.between(1, 30), keepsSubscriptions: random.chance(0.5),
  };
}

/** What the next connection is like. */
export function makePlan(world: World, { cut, latency }: Profile): LinkPlan {
  const { random } = world;
  const breaks = world.troubled && random.chance(cut);
  const at = random.below(random.chance(0.5) ? 60 : 1500);
  const up = breaks && random.chance(0.5);
  return {
    latency, sendBuffer: world.between(160, 1500), segment: random.chance(0.3) ? world.between(1, 40) : 1500,
    cutUp: up ? at : Infinity, cutDown: breaks && !up ? at : Infinity, silently: random.chance(0.3),
  };
}

/** What the broker announces at the next connection. */
export function makeLimits(world: World, { limited }: Profile): Limits {
  const { random } = world;
  const one = (least: number, most: number, usual: number): number => (random.chance(0.4) ? world.between(least, most) : usual);
  if (!world.fault(limited, "other limits at a connection")) return { ...NO_LIMITS, topicAliasMaximum: random.below(5) };
  return {
    receiveMaximum: one(1, 8, 0xffff), maximumPacketSize: one(40, 150, Infinity), maximumQoS: random.chance(0.2) ? random.below(2) : 2, topicAliasMaximum: random.below(5), serverKeepAlive: one(2, 60, 0),
    sessionExpiryInterval: random.chance(0.15) ? 0 : Infinity,
  };
}
