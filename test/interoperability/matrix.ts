import { equal } from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { ReasonCode } from "../../src/index.js";
import { startAedes } from "./aedes.js";
import { Cell } from "./cell.js";
import { certificateFeatures } from "./refusals.js";
import { columnsOf, titleOf, type BrokerName, type Column } from "./columns.js";
import { features, type Feature } from "./features.js";
import { Certificates, type Running } from "./listeners.js";
import { startMosquitto } from "./mosquitto.js";

/** A row of the matrix and the columns that it has. */
export interface Row extends Feature {
  readonly secure: boolean;
}

export const rows: readonly Row[] = [...features.map((feature) => ({ ...feature, secure: false })), ...certificateFeatures.map((feature) => ({ ...feature, secure: true }))];

/** What the broker lacks for a field of the matrix. */
export function lackOf(row: Row, { lacks }: Column): string | undefined {
  return row.early ? undefined : lacks;
}

/** Whether a field of the matrix has a test: that something is lacking is tried once. */
export function isTried(row: Row, column: Column): boolean {
  return (!row.secure || column.transport.secure) && (lackOf(row, column) === undefined || row === rows[0]);
}

/** The tests of one broker: a test for each field of the matrix. */
export function tryWith(broker: BrokerName): void {
  // Side by side, as most of the time is spent waiting for the broker.
  suite(broker, { concurrency: 6 }, () => {
    const certificates = new Certificates();
    let running: Running;
    before(async () => {
      running = await (broker === "mosquitto" ? startMosquitto : startAedes)(certificates.listeners());
    });
    after(() => running.stop());

    for (const row of rows)
      for (const column of columnsOf(broker))
        if (isTried(row, column)) test(titleOf(row.name, column), async (t) => {
          const cell = new Cell(t, column, certificates, running);
          await (lackOf(row, column) === undefined ? row.run(cell) : isRefused(cell));
        });
  });
}

/** The broker refuses the version. */
async function isRefused(cell: Cell): Promise<void> {
  const { error } = await cell.connect({ reconnect: false }).disconnections.next();
  equal(error.reasonCode, ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, error.message);
}
