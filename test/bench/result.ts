/** All that the benchmarks measure, in the shape of `npm run bench -- --json`. */
import type { DriverFigures } from "../sensors/driver-figures.js";
import type { MessageCost, Ram, Speed, Stream, Wake } from "./figures.js";
import type { NodeFigures } from "./node-peers.js";
import type { MessageCase } from "./subjects.js";

/** One client in the simulator; absent is what it cannot do. */
export interface ClientFigures extends Partial<Record<MessageCase, MessageCost>> {
  bytecode?: { full: number; smallest?: number };
  ram?: Ram;
  speed?: { publish: Speed; receive: Speed };
  stream?: Stream;
  wake?: Wake;
  /** Why a case is absent that was tried. */
  absent?: Record<string, string>;
}

/** Ours, and all others beside it. */
export interface Result extends ClientFigures {
  /** Size of a pointer: 32 as on the chip. */
  bits?: number;
  /** What part of the bare socket's speed remains. */
  cpuRatio?: { publish: number; receive: number };
  /** The promise API and text. */
  convenient?: ClientFigures;
  peers?: Record<string, ClientFigures>;
  /** On Node, beside MQTT.js. */
  node?: Readonly<Record<string, NodeFigures>>;
  /** Our drivers of sensors and actuators, each alone in a build. */
  drivers?: Readonly<Record<string, DriverFigures>>;
  /** The class of `--compare` and our own class, through the same program with ECMA-419 options alone. */
  compare?: Record<string, ClientFigures>;
}
