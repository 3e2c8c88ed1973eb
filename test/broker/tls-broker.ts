import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { startBroker, type Broker } from "../../boards/simulator/tools/broker.js";
import { Authority } from "./certificates.js";

export interface TLSBroker {
  readonly broker: Broker;
  /** Vouches for the broker, and issues what clients need. */
  readonly authority: Authority;
}

/** Starts mosquitto with TLS as `localhost` and 127.0.0.1; it ends with the test. */
export async function startTLSBroker(test: TestContext, { clientCertificates = false } = {}): Promise<TLSBroker> {
  const authority = new Authority();
  const directory = mkdtempSync(join(tmpdir(), "xs-mqtt-tls-"));
  const file = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const { certificate, key } = authority.issue("localhost", "127.0.0.1");
  const broker = await startBroker({
    kind: "mosquitto",
    tls: {
      certificate: file("certificate.pem", certificate),
      key: file("key.pem", key),
      ...(clientCertificates && { clientAuthority: file("authority.pem", authority.certificate) }),
    },
  });
  test.after(async () => {
    await broker.stop();
    rmSync(directory, { recursive: true });
  });
  return { broker, authority };
}
