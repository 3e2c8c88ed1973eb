import { equal, match } from "node:assert/strict";
import { hex } from "../protocol/support/bytes.js";
import type { ScriptedBroker } from "../protocol/support/scripted-broker.js";

/**
 * Tries all 256 values of a Reason Code, each on a connection of its own. What is not accepted must be answered with DISCONNECT 0x81 or
 * 0x82, and the application must be told so.
 * @param receive plays a connection up to the packet with this code, two hexadecimal digits; what was sent before must be taken.
 * @returns the codes that are accepted.
 */
export function acceptedCodes(receive: (code: string) => ScriptedBroker): number[] {
  const accepted: number[] = [];
  for (let code = 0; code < 256; code++) {
    const broker = receive(hex(Uint8Array.of(code)));
    const sent = hex(broker.transport.take());
    if (sent.startsWith("E0")) {
      match(sent, /^E0 01 8[12]$/, `code ${code}`);
      equal(broker.error?.reasonCode, Number(`0x${sent.slice(-2)}`));
    } else accepted.push(code);
  }
  return accepted;
}
