import { MqttError } from "../protocol/error.js";
import type { ReceivedPacket } from "../protocol/codec/received-packet.js";
import { Connection, ConnectionState } from "../protocol/connection/connection.js";
import type { ConnectionHandler } from "../protocol/connection/handler.js";
import type { Receiver } from "../protocol/connection/receiver.js";
import type { Publication, PublicationPayload } from "../protocol/session/publication.js";
import type { Session } from "../protocol/session/session.js";
import { Timed } from "./clock.js";
import type { Configuration } from "./common-options.js";
import type { Resolver, Socket, SocketTarget } from "./ecma-419.js";

/** A socket with the option `target` as its property. */
interface Targeted {
  readonly target: SocketTarget;
}

// The sockets of ECMA-419 call back as methods and have a `target`: no closures, a hundred bytes each, are needed for them.
function onReadable(this: Targeted, count: number): void {
  this.target.readable(count);
}

function onWritable(this: Targeted, count: number): void {
  this.target.writable(count);
}

function onError(this: Targeted, error?: unknown): void {
  this.target.failed(error);
}

/**
 * Binds one {@link Connection} after another to an ECMA-419 socket, with a resolver before it. All that goes wrong is reported through
 * {@link onClose}; then, as after {@link closeLink}, nothing more happens until {@link openLink}.
 */
export abstract class Link extends Timed implements ConnectionHandler, SocketTarget {
  /** The connection in use. */
  connection: Connection | undefined;
  readonly configuration: Configuration;
  protected readonly session: Session;
  private readonly receiveBuffer: Uint8Array;
  private readonly sendBuffer: Uint8Array;
  private resolver: Resolver | undefined;
  private socket: Socket | undefined;
  private unread = 0;
  /** Until when the socket has to be connected; Infinity once it is. */
  private deadline = Infinity;
  /** Why there is no socket to wait for. */
  private failure: string | undefined;

  constructor(configuration: Configuration, session: Session) {
    super();
    this.configuration = configuration;
    this.session = session;
    this.receiveBuffer = new Uint8Array(configuration.receiveBuffer);
    this.sendBuffer = new Uint8Array(configuration.sendBuffer);
  }

  abstract onPacket(packet: ReceivedPacket): void;
  abstract onPublish(packet: Receiver): number;
  abstract onSettled(publication: Publication, payload: PublicationPayload, reasonCode: number, packet: ReceivedPacket | undefined, error: MqttError | undefined): void;
  abstract onLost(publication: Publication, payload: PublicationPayload, fate: number): void;
  abstract onWritable(): void;
  abstract onClose(error: MqttError): void;

  /** After bytes were handed in or room was told, with little on the stack: what they made due can be done. */
  protected abstract advance(): void;

  /** Nothing waits for room or time: the connection stands, all that was begun is wholly with the socket. */
  protected abstract get idle(): boolean;

  /** A callback of the application failed that was called for what the socket brought. */
  protected abstract callbackFailed(error: unknown): void;

  /** Whether publications may go out before the CONNACK. */
  protected get early(): boolean {
    return false;
  }

  /** Makes a connection: resolves the name and connects. @param topicAliases as in {@link ConnectionOptions}. */
  protected openLink(topicAliases: number): void {
    const { configuration } = this;
    const { host, dns } = configuration;
    this.connection = new Connection(this.session, this, {
      receiveBuffer: this.receiveBuffer, sendBuffer: this.sendBuffer, connectTimeout: configuration.connectTimeout, topicAliases,
    });
    this.deadline = this.now() + configuration.connectTimeout;
    this.failure = undefined;
    if (/^[\d.]+$|:/.test(host)) {
      this.connectTo(host);
      return;
    }
    try {
      const resolver = new dns.io(dns);
      this.resolver = resolver;
      // The standard calls back once, the SDK through the options: whichever comes first.
      const resolved = (error: unknown, address?: string): void => {
        if (this.resolver === resolver && this.socket === undefined) this.resolved(address, error);
      };
      resolver.resolve({ host, onResolved: (_host, address) => resolved(undefined, address), onError: (_host, error) => resolved(error) }, resolved);
    } catch (error) {
      this.resolved(undefined, error);
    }
  }

  private resolved(address: string | undefined, error: unknown): void {
    // Not from inside the resolver's callback: the SDK's does not survive its own closing there.
    if (address === undefined) this.failLater(`no address found for ${this.configuration.host}${detail(error)}: check the name and the network`);
    else this.connectTo(address);
    this.advance();
  }

  private failLater(failure: string): void {
    this.failure = failure;
    this.deadline = 0;
  }

  private connectTo(address: string): void {
    const { host, port, socket, plain } = this.configuration;
    try {
      this.socket = new socket.io({
        ...socket, address, host, port, nodelay: true, noDelay: true, target: this,
        onReadable: plain ? onReadable : (count) => this.readable(count),
        onWritable: plain ? onWritable : (count) => this.writable(count),
        onError: plain ? onError : (error) => this.failed(error),
      });
    } catch (error) {
      // As above: this may be the resolver's callback.
      this.failLater(`cannot connect to ${host}:${port}${detail(error)}`);
    }
  }

  /** The socket has bytes. As few calls deep as can be: the application's handlers run below this. */
  readable(count: number): void {
    this.unread = count;
    this.read();
    if (!this.idle) this.advance();
  }

  /** Reads what the socket has, as far as the connection takes it. */
  protected read(): void {
    while (this.unread > 0) {
      const connection = this.connection;
      const socket = this.socket;
      if (socket === undefined || connection === undefined || connection.paused) return;
      const view = connection.packet.space(this.unread);
      socket.read(view);
      this.unread -= view.length;
      try {
        connection.receive(view.length, this.now());
      } catch (error) {
        connection.looking = false;
        this.callbackFailed(error);
        connection.receive(0, this.now());
      }
    }
  }

  /** The socket takes bytes; the first time: it is connected. */
  writable(count: number): void {
    const connection = this.connection;
    const socket = this.socket;
    if (socket === undefined || connection === undefined) return;
    // After every write: there is room again, and nothing waits for it.
    if (this.idle) {
      connection.room = count;
      return;
    }
    const now = this.now();
    if (this.deadline === Infinity) connection.writable(count, now);
    else {
      this.deadline = Infinity;
      this.dropResolver();
      socket.format = "buffer";
      try {
        connection.open(socket, count, this.configuration, now, this.early);
      } catch (error) {
        connection.closed(error instanceof MqttError ? error : new MqttError("transport", String(error)));
      }
    }
    this.read();
    this.advance();
  }

  /** The socket cannot be used any more. */
  failed(error: unknown): void {
    const { host, port } = this.configuration;
    const { connection } = this;
    const peer = `${host}:${port}`;
    let reason = `the connection to ${peer} was lost${detail(error)}`;
    if (this.deadline !== Infinity) reason = `cannot connect to ${peer}${detail(error)}`;
    else if (connection?.state === ConnectionState.CONNECTING)
      reason = `${peer} ended the connection without a CONNACK${detail(error)}: is it an MQTT broker, and with TLS one that mqtts:// is used for?`;
    connection?.closed(new MqttError("transport", reason));
    this.advance();
  }

  /** When {@link linkTimeout} has to be called next, or Infinity. */
  protected linkDeadline(): number {
    const deadline = this.connection?.nextDeadline() ?? Infinity;
    return deadline < this.deadline ? deadline : this.deadline;
  }

  protected linkTimeout(now: number): void {
    const { host, port, connectTimeout } = this.configuration;
    const { connection } = this;
    if (now >= this.deadline) connection?.closed(new MqttError("transport", this.failure ?? `${host}:${port} did not answer within ${connectTimeout} ms: check host, port and network`));
    else connection?.handleTimeout(now);
  }

  private dropResolver(): void {
    this.resolver?.close?.();
    this.resolver = undefined;
  }

  /** Releases socket, resolver and connection; what was written before is still sent by the socket. */
  protected closeLink(): void {
    this.deadline = Infinity;
    this.unread = 0;
    this.dropResolver();
    this.socket?.close();
    this.socket = this.connection = undefined;
  }
}

function detail(error: unknown): string {
  return error instanceof Error ? `: ${error.message}` : "";
}
