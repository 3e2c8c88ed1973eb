import type { Connect } from "../../src/protocol/codec/connect.js";
import type { Random } from "./random.js";

/** How the client of one case is set up: small buffers and tables, so that limits are met. */
export interface Settings {
  readonly version: 4 | 5;
  readonly receiveBuffer: number;
  readonly sendBuffer: number;
  readonly inFlight: number;
  readonly receiveMaximum: number;
  readonly topicAliases: number;
  /** The most bytes that the transport takes at once. */
  readonly window: number;
  /** Whether the transport says how much more it takes. */
  readonly tells: boolean;
  readonly hearsAcknowledgements: boolean;
  readonly early: boolean;
  /** How often the owner does something by itself: once in so many bytes on average. */
  readonly pace: number;
  /** Whether pieces of messages are held and time passes while they are: what happens then depends on how the bytes were split. */
  readonly loose: boolean;
  readonly connect: Connect;
}

function connectOf(random: Random, version: 4 | 5, receiveMaximum: number): Connect {
  const cleanStart = random.oneIn(2);
  const common = { version, cleanStart, keepAlive: random.pick([0, 1, 60]), clientId: (version === 5 || cleanStart) && random.oneIn(6) ? "" : "c" };
  if (version === 4) return common;
  return {
    ...common,
    properties: {
      receiveMaximum, sessionExpiryInterval: random.oneIn(3) ? 0 : 60, topicAliasMaximum: random.below(4),
      maximumPacketSize: random.oneIn(4) ? random.pick([10, 64, 150]) : undefined, requestProblemInformation: random.oneIn(4) ? 0 : undefined,
      requestResponseInformation: random.oneIn(4) ? 1 : undefined, authenticationMethod: random.oneIn(6) ? "m" : undefined,
    },
  };
}

export function settingsOf(random: Random, version: 4 | 5): Settings {
  const receiveMaximum = 1 + random.below(4);
  return {
    version,
    receiveBuffer: random.pick([64, 64, 100, 512]),
    sendBuffer: random.pick([64, 64, 128, 512]),
    inFlight: 1 + random.below(4),
    receiveMaximum,
    topicAliases: random.below(4),
    window: random.oneIn(2) ? 100_000 : 5 + random.below(80),
    tells: !random.oneIn(3),
    hearsAcknowledgements: !random.oneIn(3),
    early: random.oneIn(4),
    pace: random.pick([3, 6, 15]),
    loose: random.oneIn(4),
    connect: connectOf(random, version, receiveMaximum),
  };
}
