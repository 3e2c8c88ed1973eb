import { equal, match, ok, throws } from "node:assert/strict";
import { PacketWriter } from "../../../src/protocol/codec/packet-writer.js";
import { MqttError } from "../../../src/protocol/error.js";
import { hex } from "./bytes.js";

export type Encode = (writer: PacketWriter) => number;

function encodeInto(size: number, encode: Encode): Uint8Array {
  const writer = new PacketWriter(new Uint8Array(size).fill(0xaa));
  return writer.bytes.slice(0, encode(writer));
}

/** What an encoder wrote. */
export function encoded(encode: Encode, size = 1024): Uint8Array {
  return encodeInto(size, encode);
}

/** Calls what must throw an MqttError. @returns the error. */
export function mqttError(call: () => unknown): MqttError {
  let error: unknown;
  throws(() => {
    try {
      call();
    } catch (thrown) {
      error = thrown;
      throw thrown;
    }
  });
  if (error instanceof MqttError) return error;
  throw error;
}

/** The call must blame its caller, with a message that names what to change. */
export function refused(call: () => unknown, message: RegExp): void {
  const error = mqttError(call);
  match(error.message, message);
  equal(error.kind, "configuration");
}

/** In every smaller buffer the error names the size that is needed, and in one of that size the packet is the same. */
export function needsExactly(encode: Encode): void {
  const whole = encoded(encode, 70_000);
  ok(whole.length > 0);
  const step = Math.ceil(whole.length / 200);
  for (let size = whole.length - 1; size > 0; size -= step) {
    const error = mqttError(() => encodeInto(size, encode));
    equal(error.kind, "resource");
    match(error.message, new RegExp(`takes ${whole.length} bytes: set sendBuffer to that or more`));
  }
  equal(hex(encodeInto(whole.length, encode)), hex(whole));
}
