import { MqttError } from "../protocol/error.js";
import type { ReceivedPacket } from "../protocol/codec/received-packet.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import { encodeConnect } from "../protocol/codec/connect.js";
import { PacketWriter } from "../protocol/codec/packet-writer.js";
import { Connection, ConnectionState } from "../protocol/connection/connection.js";
import type { ConnectionHandler } from "../protocol/connection/handler.js";
import type { Receiver, Taker } from "../protocol/connection/receiver.js";
import type { Publication, PublicationPayload } from "../protocol/session/publication.js";
import { Session } from "../protocol/session/session.js";
import { Timed } from "./clock.js";
import { hostNetwork, type Configuration } from "./common-options.js";
import type { Resolver, Socket, SocketTarget } from "./ecma-419.js";
import { messageOf, reasonCodeOf, toMqttError } from "./thrown.js";

const CANNOT_CONNECT = "cannot connect to";

/** What has to be looked up: an address has digits and dots only, or a colon. One that does not match makes no garbage. */
const NAME = /^[\d.]*[^\d.:][^:]*$/;

/** A socket with the option `target` as its property. */
interface Targeted extends Socket {
  readonly target: Link;
}

// The sockets of ECMA-419 call back as methods and have a `target`: no closures, a hundred bytes each, are needed for them.
function onReadable(this: Targeted, count: number): void {
  const link = this.target;
  const connection = link.direct;
  // The hot path, with as few calls as can be: nothing is left of what was read before, no message in pieces goes on, and a view of this
  // length was used last.
  if (connection && !connection.held) {
    const packet = connection.packet;
    const view = packet.view;
    if (packet.left <= 0 && packet.end === packet.filled && view?.length === count && packet.viewStart === 0) {
      packet.end = 0;
      packet.filled = count;
      this.read(view);
      connection.now = link.now();
      if (connection.asked !== undefined) connection.lastReceived = connection.now;
      try {
        if (connection.receiveUsual()) connection.receiveOther();
      } catch (error) {
        link.recover(error, connection);
      }
      if (!link.direct) link.advance();
      return;
    }
  }
  link.readable(count);
}

function onWritable(this: Targeted, count: number): void {
  const link = this.target;
  const direct = link.direct;
  if (direct) {
    if (direct.left) {
      if (direct.streams(count, link.now())) return;
      count = direct.room;
    } else if (direct.session.incoming.count + direct.due === 0) {
      // After every write: there is room again, and nothing waits for it.
      direct.room = count;
      return;
    }
  }
  link.writable(count);
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
  /** The connection, while publications may go straight to it: it stands, and nothing waits. */
  direct: Connection | undefined;
  readonly configuration: Configuration;
  protected readonly session: Session;
  /** The end of one piece of memory, which begins with the receive buffer. */
  readonly sendBuffer: Uint8Array;
  /** Length of the CONNECT that stands in the send buffer from the beginning, until it is sent or changes: to encode it makes 800 bytes of garbage. */
  protected encoded?: number;
  private resolver?: Resolver;
  protected socket: Socket | undefined;
  /** Bytes that the socket has. */
  unread = 0;
  /** Who takes the pieces of the message in hand; found out at its first one. */
  taker?: Taker;
  /** When the next connection is due; while there is one, until when its socket has to be connected; absent for never and for done. */
  protected deadline?: number;
  /** Why there is no socket to wait for. */
  private failure?: MqttError;

  /** @throws MqttError (configuration) naming a wrong option, (resource) when the CONNECT does not fit the send buffer. */
  constructor(configuration: Configuration) {
    const { inFlight, properties, receiveBuffer, sendBuffer } = configuration;
    super();
    this.configuration = configuration;
    this.session = new Session(inFlight, properties?.receiveMaximum);
    // Who does not start clean vouches for being the one whose session the broker keeps.
    if (!configuration.cleanStart) this.session.established = true;
    this.sendBuffer = new Uint8Array(new ArrayBuffer(receiveBuffer + sendBuffer), receiveBuffer);
    // Encoded now for its errors: a wrong or too long field shows before anything is acquired.
    this.encoded = encodeConnect(new PacketWriter(this.sendBuffer), configuration);
  }

  abstract onPacket(packet: ReceivedPacket): void;
  abstract onPublish(packet: Receiver): number;
  abstract onSettled(publication: Publication, payload: PublicationPayload, outcome: number | MqttError): void;
  abstract onLost(publication: Publication, payload: PublicationPayload, fate: number): void;
  abstract onWritable(): void;
  abstract onClose(error: MqttError): void;

  /** After bytes were handed in or room was told, with little on the stack: what they made due can be done. */
  abstract advance(): void;

  /** Reads pieces of a message in hand, but for its last one, straight to its taker. @returns whether there is more to be read in another way. */
  readPieces?(): boolean;

  /** A callback of the application, named by `what`, has thrown. */
  protected abstract callbackFailed(what: string, thrown: unknown): void;

  /** Reports a handler's failure. @returns the Reason Code for it. */
  protected handlerFailed(filter: string, error: unknown): number {
    this.callbackFailed(`a handler of "${filter}"`, error);
    return ReasonCode.UNSPECIFIED_ERROR;
  }

  /** Whether publications may go out before the CONNACK. */
  protected get early(): boolean {
    return false;
  }

  /** Makes a connection: resolves the name and connects. */
  protected openLink(): void {
    const { host, connectTimeout, receiveBuffer } = this.configuration;
    this.connection = new Connection(this.session, this, new Uint8Array(this.sendBuffer.buffer, 0, receiveBuffer));
    this.deadline = this.now() + connectTimeout;
    // Of the last socket.
    this.unread = 0;
    delete this.failure;
    this.connectTo(NAME.test(host) ? undefined : host);
  }

  /** What a resolver answers to. Apart: a function that makes another takes memory at each call. */
  private resolvedBy(resolver: Resolver): (first: unknown, second?: unknown) => void {
    // Whichever comes first: the standard calls back once, with (error, address), the SDK through the options, with (host, address) or (host, error).
    return (first, second) => {
      if (this.resolver !== resolver || this.socket !== undefined) return;
      if (typeof second === "string") this.connectTo(second);
      else this.failLater(undefined, first === this.configuration.host ? second : first);
      this.advance();
    };
  }

  /** Connects to an address, which is looked up first where it is not known. */
  private connectTo(address: string | undefined): void {
    const configuration = this.configuration;
    const host = configuration.host;
    const network = hostNetwork();
    const provider = configuration.secure ? network?.mqtts : network?.mqtt;
    const socket = configuration.socket ?? provider?.socket;
    const dns = configuration.dns ?? provider?.dns;
    // They were there when the options were checked.
    if (!socket || !dns) return;
    try {
      if (address === undefined) {
        const resolver = new dns.io(dns);
        const resolved = this.resolvedBy(resolver);
        this.resolver = resolver;
        resolver.resolve({ host, onResolved: resolved, onError: resolved }, resolved);
        return;
      }
      // The host's own sockets for TCP are known to call back as ECMA-419 says; TLS sockets in use do not.
      const plain = socket.io === network?.mqtt?.socket?.io;
      if (this.connection && !plain) this.connection.framed = true;
      this.socket = new socket.io({
        ...socket, address, host, port: configuration.port, nodelay: true, noDelay: true, target: this,
        onReadable: plain ? onReadable : this.readable.bind(this),
        onWritable: plain ? onWritable : this.writable.bind(this),
        onError: plain ? onError : this.failed.bind(this),
      });
    } catch (error) {
      this.failLater(address, error);
    }
  }

  /** Not from inside the resolver's callback, where this may be: the SDK's does not survive its own closing there. */
  private failLater(address: string | undefined, error: unknown): void {
    this.failure = this.failureOf(address === undefined ? "check the name and the network: no address found for" : CANNOT_CONNECT, error);
    this.deadline = 0;
  }

  /** @param what went wrong between here and there. */
  private failureOf(what: string, error?: unknown): MqttError {
    const { host, port } = this.configuration;
    return new MqttError("transport", `${what} ${host}:${port}${error == null ? "" : `: ${messageOf(error)}`}`, reasonCodeOf(error));
  }

  /** The socket has bytes. As few calls deep as can be: the application's handlers run below this. */
  readable(count: number): void {
    this.unread = count;
    if (!this.taker || this.readPieces?.()) this.read();
    // While nothing waits no deadline comes nearer either.
    if (!this.direct) this.advance();
  }

  /** Reads what the socket has, as far as the connection takes it. */
  read(): void {
    while (this.unread) {
      const connection = this.connection;
      const socket = this.socket;
      if (!socket || !connection || connection.held) return;
      const view = connection.packet.space(this.unread);
      socket.read(view);
      this.unread -= view.length;
      try {
        // As Connection.receive, with less on the stack: the application's handlers run below this.
        connection.filled(view.length, this.now());
        if (connection.receiveUsual()) connection.receiveOther();
      } catch (error) {
        this.recover(error, connection);
      }
    }
  }

  /** A callback of the application has thrown through the connection, which goes on with what is behind that packet. */
  recover(thrown: unknown, thrower = this.connection): void {
    // What was due when it threw goes out once more, but not for ever: it may be that which throws.
    for (let again = false; ; again = true) {
      const connection = this.connection;
      const taking = thrower?.taking;
      let earned = 0;
      if (connection !== undefined) connection.looking = false;
      if (taking) earned = this.handlerFailed(taking.filter, thrown);
      else this.callbackFailed("a callback", thrown);
      try {
        if (taking) thrower.refuse(earned, this.now());
        if (again) connection?.receive(0, this.now());
        else connection?.flushAt(this.now());
        // What waited for the acknowledgement that was told when it threw.
        if (connection?.state === ConnectionState.CONNECTED && !this.direct) this.onWritable();
        return;
      } catch (error) {
        thrown = error;
      }
    }
  }

  /** The socket takes bytes; the first time: it is connected. */
  writable(count: number): void {
    const connection = this.connection;
    const socket = this.socket;
    if (socket === undefined || connection === undefined) return;
    const now = this.now();
    // Only with that can a deadline come nearer where nothing waits.
    const pinging = connection.pingUnsent;
    if (this.deadline === undefined)
      try {
        connection.writable(count, now);
      } catch (error) {
        this.recover(error);
      }
    else {
      delete this.deadline;
      this.dropResolver();
      socket.format = "buffer";
      this.session.storage?.subscriptions?.connecting();
      try {
        connection.open(socket, count, now, this.early, this.encoded);
        delete this.encoded;
      } catch (error) {
        connection.closed(toMqttError("transport", error));
      }
    }
    if (this.unread) this.read();
    if (pinging || !this.direct) this.advance();
  }

  /** The socket cannot be used any more. */
  failed(error: unknown): void {
    const connection = this.connection;
    let what = "lost the connection to";
    if (this.deadline !== undefined) what = CANNOT_CONNECT;
    else if (connection?.state === ConnectionState.CONNECTING) what = "is it an MQTT broker, and with TLS one that mqtts:// is used for? No CONNACK came from";
    connection?.closed(this.failureOf(what, error));
    this.advance();
  }

  /** When {@link linkTimeout} or {@link openLink} has to be called next, or Infinity. */
  protected linkDeadline(): number {
    const deadline = this.connection?.nextDeadline() ?? Infinity;
    return this.deadline === undefined || deadline < this.deadline ? deadline : this.deadline;
  }

  protected linkTimeout(now: number): void {
    const connection = this.connection;
    if (this.deadline === undefined || now < this.deadline) connection?.handleTimeout(now);
    else connection?.closed(this.failure ?? this.failureOf(`check host, port and network: within ${this.configuration.connectTimeout} ms no answer came from`));
  }

  private dropResolver(): void {
    this.resolver?.close?.();
    delete this.resolver;
  }

  /** Releases socket, resolver and connection; what was written before is still sent by the socket. */
  protected closeLink(): void {
    delete this.deadline;
    delete this.encoded;
    this.dropResolver();
    this.socket?.close();
    this.socket = this.connection = undefined;
  }
}
