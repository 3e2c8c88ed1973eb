/** What the client is tried with: the columns of docs/interoperability.md. */

export type BrokerName = "mosquitto" | "aedes";

export interface Transport {
  readonly name: string;
  readonly scheme: "mqtt" | "mqtts" | "ws" | "wss";
  readonly secure: boolean;
}

export const transports: readonly Transport[] = [
  { name: "TCP", scheme: "mqtt", secure: false },
  { name: "TLS", scheme: "mqtts", secure: true },
  { name: "WebSocket", scheme: "ws", secure: false },
  { name: "WebSocket over TLS", scheme: "wss", secure: true },
];

export interface Column {
  readonly broker: BrokerName;
  readonly version: 4 | 5;
  readonly transport: Transport;
  /** What the broker lacks, so that nothing of the column can work. */
  readonly lacks: string | undefined;
}

/** Columns for one broker. */
export function columnsOf(broker: BrokerName): readonly Column[] {
  return ([5, 4] as const).flatMap((version) =>
    transports.map((transport) => ({ broker, version, transport, lacks: broker === "aedes" && version === 5 ? "the broker speaks 3.1.1 only" : undefined })));
}

/** A version as its standard is called. */
export function nameOf(version: 4 | 5): string {
  return version === 5 ? "5.0" : "3.1.1";
}

/** The title of the test of one cell. */
export function titleOf(row: string, { broker, version, transport }: Column): string {
  return `${row} | ${broker} | MQTT ${nameOf(version)} | ${transport.name}`;
}
