import type { TestContext } from "node:test";
import { device, type SecureOptions } from "../../boards/node/index.js";
import type { ConnectOptions } from "../../src/client/options.js";
import { peer, type Peer } from "../client/mqtt-js.js";
import { subject, type Subject } from "../client/network.js";
import { Proxy } from "../client/proxy.js";
import type { Column } from "./columns.js";
import { keyOf, type Certificates, type Running, type Shown } from "./listeners.js";

/** One field of the matrix: the client in a column's version over its transport, the other side over TCP. */
export class Cell {
  readonly test: TestContext;
  readonly column: Column;
  readonly certificates: Certificates;
  /** A topic of this cell's own. */
  readonly topic: string;
  readonly #running: Running;

  constructor(test: TestContext, column: Column, certificates: Certificates, running: Running) {
    this.test = test;
    this.column = column;
    this.certificates = certificates;
    this.topic = test.name.replace(/[^\w]+/g, "-");
    this.#running = running;
  }

  #port(key: string): number {
    const port = this.#running.ports.get(key);
    if (port === undefined) throw new Error(`no listener ${key}`);
    return port;
  }

  /** The port for the other side. */
  get peerPort(): number {
    return this.#port(keyOf("mqtt"));
  }

  /** The port for the client. */
  port(shown?: Shown): number {
    return this.#port(keyOf(this.column.transport.scheme, shown));
  }

  /** Connects the client, which by default knows the broker's authority. */
  connect(options: ConnectOptions = {}, { port = this.port(), secure = { certificate: this.certificates.authority.certificate } }: { readonly port?: number; readonly secure?: SecureOptions } = {}): Subject {
    const { version, transport } = this.column;
    return subject(this.test, `${transport.scheme}://localhost:${port}`, {
      id: this.topic, version, ...(transport.secure && { socket: { ...device.network.mqtts.socket, secure } }), ...options,
    });
  }

  /** Connects MQTT.js, to the same version. */
  peer(): Promise<Peer> {
    return peer(this.test, `mqtt://127.0.0.1:${this.peerPort}`, { protocolVersion: this.column.version });
  }

  /** A way for the client that can be cut. */
  proxy(): Promise<Proxy> {
    return Proxy.start(this.test, this.port());
  }
}
