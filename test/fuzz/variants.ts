/** Parts of the library broken on purpose: each must be found. */
import { mock } from "node:test";
import { ReceivedPacket } from "../../src/protocol/codec/received-packet.js";
import { Connection } from "../../src/protocol/connection/connection.js";
import { Receiver } from "../../src/protocol/connection/receiver.js";
import { IncomingTable } from "../../src/protocol/session/incoming.js";
import { OutgoingTable } from "../../src/protocol/session/outgoing.js";
import type { Target } from "./cases.js";

export interface Variant {
  readonly name: string;
  readonly target: Target;
  /** Breaks something until `mock.restoreAll`. */
  readonly breakIt: () => unknown;
}

export const VARIANTS: readonly Variant[] = [
  { name: "a decoder that does not look for bytes behind the end", target: "decoder", breakIt: () => mock.method(ReceivedPacket.prototype, "expectEnd", () => undefined) },
  {
    name: "a decoder that reads beyond the packet", target: "decoder",
    breakIt: () => mock.method(ReceivedPacket.prototype, "readByte", function (this: ReceivedPacket) {
      return this.bytes[this.start++] ?? 0;
    }),
  },
  {
    name: "a decoder that takes any topic", target: "decoder",
    breakIt: () => mock.method(ReceivedPacket.prototype, "checkTopic", function (this: ReceivedPacket) {
      return this.fault;
    }),
  },
  {
    name: "a receiver that does not move what waits", target: "decoder",
    breakIt: () => mock.method(Receiver.prototype, "space", function (this: Receiver, count: number) {
      return this.bytes.subarray(this.filled, this.filled + count);
    }),
  },
  { name: "a session that gives an identifier twice", target: "connection", breakIt: () => mock.method(OutgoingTable.prototype, "nextIdentifier", () => 1) },
  { name: "a table of publications without a bound", target: "connection", breakIt: () => mock.getter(OutgoingTable.prototype, "hasRoom", () => true) },
  { name: "a table of messages that forgets them", target: "connection", breakIt: () => mock.method(IncomingTable.prototype, "find", () => -1) },
  {
    name: "an exception over an acknowledgement", target: "connection",
    breakIt: () => mock.method(OutgoingTable.prototype, "toEnd", () => {
      throw new TypeError("broken");
    }),
  },
  {
    name: "a connection that does not keep the server's Receive Maximum", target: "connection",
    breakIt: () => mock.method(Connection.prototype, "mayPublish", function (this: Connection, flags: number) {
      return this.left === 0 && this.mayPublishAt(flags >> 1) && (flags <= 1 || this.session.outgoing.hasRoom);
    }),
  },
  {
    name: "a fault told with another Reason Code", target: "connection",
    breakIt: () => mock.method(ReceivedPacket.prototype, "fail", function (this: ReceivedPacket, reasonCode: number) {
      if (this.fault === 0) this.fault = reasonCode === 0x81 ? 0x82 : 0x81;
    }),
  },
];
