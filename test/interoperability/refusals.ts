/** Which certificates the client takes: rows of docs/interoperability.md for transports with TLS. */
import { equal, ok } from "node:assert/strict";
import type { SecureOptions } from "../../boards/node/index.js";
import { Authority } from "../broker/certificates.js";
import type { Cell } from "./cell.js";
import type { Feature } from "./features.js";
import { ELSEWHERE, type Shown } from "./listeners.js";

/** Connects and is refused. @returns what is wrong, behind the words that name the broker. */
async function refusal(cell: Cell, shown: Shown, secure?: SecureOptions): Promise<string> {
  const port = cell.port(shown);
  const { disconnections } = cell.connect({ reconnect: false }, { port, ...(secure && { secure }) });
  const { error, final } = await disconnections.next();
  const start = `cannot connect to localhost:${port}: `;
  equal(error.kind, "transport");
  ok(final && error.message.startsWith(start), error.message);
  return error.message.slice(start.length);
}

const UNKNOWN = 'the certificate of localhost is from an authority that is not trusted here ("xs-mqtt test authority"): give the certificate of the server\'s authority as the option secure.certificate';

export const certificateFeatures: readonly Feature[] = [
  {
    name: "private authority: accepted",
    run: async (cell) => {
      await cell.connect().client.ready();
    },
  },
  {
    name: "unknown authority: refused, with how to make it known",
    early: true,
    run: async (cell) => {
      equal(await refusal(cell, "valid", {}), UNKNOWN);
      equal(await refusal(cell, "valid", { certificate: new Authority("another").certificate }), UNKNOWN);
    },
  },
  {
    name: "wrong host name: refused, with both names",
    early: true,
    run: async (cell) => {
      equal(await refusal(cell, "elsewhere"), `the certificate is for ${ELSEWHERE}, not for localhost: connect to the server by a name it bears, or give that as the option secure.serverName`);
    },
  },
  {
    name: "expired certificate: refused, with the time of its end",
    early: true,
    run: async (cell) => {
      const end = new Date(cell.certificates.expiry).toISOString().replace(/\.\d+/, "");
      const message = await refusal(cell, "expired");
      ok(message.startsWith(`the certificate of localhost expired on ${end}: it has to be renewed, unless the clock here, `), message);
    },
  },
];
