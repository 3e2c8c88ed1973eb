import Timer from "timer";
import { configurationError, MqttError, type ErrorKind } from "../protocol/error.js";
import { PacketType } from "../protocol/codec/packet-type.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import { variableByteIntegerLength } from "../protocol/codec/variable-byte-integer.js";
import type { Resolver, Socket, SocketTarget } from "./ecma-419.js";
import { completeMessage, completeOptions, type CompleteOptions, type ReportMessage, type ReportOptions } from "./report-options.js";
import { connectPacket, publishPacket } from "./report-packets.js";

/** QoS 1 publications unacknowledged at once, unless the Receive Maximum is smaller. */
const IN_FLIGHT = 8;

/** Bytes of a packet that are kept, which is all of the CONNACKs there are; what a longer one says behind them is skipped, limits too. */
const KEPT = 96;

/** Bytes of the buffer behind them, over which the rest is read. */
const SKIPPED = 32;

/** The first bytes of what a broker sends here. */
const CONNACK = PacketType.CONNACK << 4;
const PUBACK = PacketType.PUBACK << 4;
const DISCONNECT = PacketType.DISCONNECT << 4;

/** Properties of a CONNACK that say what may be sent (MQTT 5.0, 3.2.2.3). */
const RECEIVE_MAXIMUM = 0x21;
const MAXIMUM_QOS = 0x24;
const RETAIN_AVAILABLE = 0x25;
const MAXIMUM_PACKET_SIZE = 0x27;

/** The values of the properties of a CONNACK, from 0x11 on: an integer of 1, 2 or 4 bytes, 8 a string, 9 two strings, 0 no such property. */
const VALUES = "48208800080800802201194111";

/**
 * One report. Protocol and socket are in one class, unlike those of `connect`: apart they would not fit the bytecode this is for. Before
 * the CONNACK only publications at QoS 1 go out (MQTT 5.0, 3.1.4): they are missed when the CONNECT is refused.
 */
class Report implements SocketTarget {
  private readonly options: CompleteOptions;
  /** Behind the CONNECT: PUBLISH at QoS 1 from 1 to `last` (which is the Packet Identifier; gone when acknowledged), PUBLISH at QoS 0, DISCONNECT. */
  private readonly packets: (Uint8Array | undefined)[];
  private last: number;
  /** What they need of the broker, by property of the CONNACK. */
  private readonly needs: Readonly<Record<number, number>>;
  /** What is still to be written of a packet, and which is the next. */
  private rest: Uint8Array;
  private next: number;
  /** Bytes that the socket takes. */
  private room: number;
  /** Publications that are not acknowledged, and how many there may be. */
  private inFlight: number;
  private window: number;
  private readonly input: Uint8Array;
  /** Bytes of the present packet that have come, and how many have to before it can be looked at. */
  private count: number;
  private expected: number;
  /** Where in it the fixed header ends; 0 as long as that is not known. */
  private start: number;
  private connected: boolean;
  /** The CONNACK has come. */
  private accepted: boolean;
  /** What the broker is told that it did wrong. */
  private fault: number;
  private timer: Timer | undefined;
  private resolver: Resolver | undefined;
  private socket: Socket | undefined;
  private resolve: (() => void) | undefined;
  /** Undefined once the report is settled. */
  private reject: ((error: MqttError) => void) | undefined;

  constructor(options: CompleteOptions, messages: readonly ReportMessage[]) {
    // Each has a Packet Identifier of its own.
    if (!Array.isArray(messages) || messages.length > 0xffff) throw configurationError("messages", "an array of at most 65535");
    const packets: (Uint8Array | undefined)[] = [undefined];
    const needs: Record<number, number> = {};
    let longest = 0;
    this.last = 0;
    for (let qos = 1; qos >= 0; qos--)
      messages.forEach((given: ReportMessage) => {
        const message = completeMessage(given);
        if (message.qos !== qos) return;
        const packet = publishPacket(message, packets.length);
        if (qos > 0) needs[MAXIMUM_QOS] = 1;
        if (message.retain) needs[RETAIN_AVAILABLE] = 1;
        needs[MAXIMUM_PACKET_SIZE] = longest = Math.max(longest, packet.length);
        this.last += qos;
        packets.push(packet);
      });
    packets.push(Uint8Array.of(DISCONNECT, 0));
    this.options = options;
    this.packets = packets;
    this.needs = needs;
    this.rest = connectPacket(options, Math.ceil(options.timeout / 1000));
    this.input = new Uint8Array(KEPT + SKIPPED);
    this.next = 1;
    this.room = this.inFlight = this.count = this.start = this.fault = 0;
    this.window = IN_FLIGHT;
    this.expected = 2;
    this.accepted = this.connected = false;
  }

  /** Begins. */
  open(resolve: () => void, reject: (error: MqttError) => void): void {
    const { host, timeout } = this.options;
    this.resolve = resolve;
    this.reject = reject;
    this.timer = Timer.set(() => {
      // One that does not repeat is gone once it has fired.
      this.timer = undefined;
      this.failed(new Error(`timeout of ${timeout} ms`));
    }, timeout);
    this.connect(/^[\d.]+$|:/.test(host) ? host : undefined);
  }

  private connect(address: string | undefined): void {
    const { host, port, socket, dns } = this.options;
    if (this.reject === undefined || this.socket !== undefined) return;
    try {
      if (address === undefined) {
        // The standard calls back with an error or an address, the SDK through the options with a host and an address.
        const resolved = (error: unknown, found?: string): void => {
          if (found === undefined) this.failed(error);
          else this.connect(found);
        };
        this.resolver = new dns.io(dns);
        this.resolver.resolve({ host, onResolved: resolved, onError: (_host, error) => this.failed(error) }, resolved);
      } else {
        this.socket = new socket.io({
          ...socket, address, host, port, nodelay: true, noDelay: true, target: this,
          // Bound: TLS sockets in use call back neither as methods nor with a target.
          onReadable: this.readable.bind(this), onWritable: this.writable.bind(this), onError: this.failed.bind(this),
        });
      }
    } catch (error) {
      this.failed(error);
    }
  }

  writable(count: number): void {
    this.room = count;
    this.readable(0);
  }

  /** Reads what the socket has, then writes what it takes. */
  readable(count: number): void {
    const socket = this.socket;
    if (this.reject === undefined || socket === undefined) return;
    try {
      if (!this.connected) {
        this.connected = true;
        socket.format = "buffer";
      }
      while (count > 0) {
        const start = Math.min(this.count, KEPT);
        const view = this.input.subarray(start, Math.min(start + count, start + this.expected - this.count, KEPT + SKIPPED));
        socket.read(view);
        count -= view.length;
        this.count += view.length;
        if (this.count === this.expected) this.read();
      }
      this.write(socket);
    } catch (error) {
      this.failed(error);
    }
  }

  private write(socket: Socket): void {
    const packets = this.packets;
    for (let next = this.next; this.room > 0; ) {
      if (this.rest.length === 0) {
        // The CONNECT and those at QoS 1; after the CONNACK those at QoS 0; after all acknowledgements the DISCONNECT.
        if (next > this.last ? !this.accepted || (this.inFlight > 0 && next > packets.length - 2) : this.inFlight >= this.window) return;
        if (next <= this.last) this.inFlight++;
        this.rest = packets[next] ?? this.rest;
        this.next = ++next;
      }
      const part = this.rest.subarray(0, this.room);
      this.rest = this.rest.subarray(part.length);
      this.room = socket.write(part) ?? this.room - part.length;
      if (this.rest.length === 0 && next === packets.length) {
        this.reject = undefined;
        this.resolve?.();
        return;
      }
    }
  }

  private at(position: number): number {
    return this.input[position] ?? 0;
  }

  /** A Variable Byte Integer (1.5.5). */
  private integer(position: number): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.at(position++);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw this.wrong(ReasonCode.MALFORMED_PACKET);
  }

  /** As much of a packet is there as was expected. */
  private read(): void {
    const { input, count } = this;
    const first = this.at(0);
    if (this.start === 0) {
      // Of a Remaining Length that is longer than its four bytes is told below.
      if (this.at(count - 1) > 0x7f && count < 5) {
        this.expected++;
        return;
      }
      this.start = count;
      this.expected += this.integer(1);
      // A Reason Code that is left out is 0.
      input.fill(0, count);
      if (this.accepted ? first !== PUBACK && first !== DISCONNECT : first !== CONNACK) throw this.wrong(first & 15 ? ReasonCode.MALFORMED_PACKET : ReasonCode.PROTOCOL_ERROR);
      if (this.expected > count) return;
    }
    const { start, expected } = this;
    if (first === CONNACK) this.connack(start, expected);
    else if (first === DISCONNECT) throw this.refused("ended the connection", this.at(start));
    else {
      const identifier = (this.at(start) << 8) | this.at(start + 1);
      const reasonCode = this.at(start + 2);
      if (reasonCode > 0x7f) throw this.refused("refused a message", reasonCode);
      if (identifier >= this.next || identifier > this.last || this.packets[identifier] === undefined || (reasonCode & 0xef) > 0) throw this.wrong(ReasonCode.PROTOCOL_ERROR);
      this.packets[identifier] = undefined;
      this.inFlight--;
    }
    this.count = this.start = 0;
    this.expected = 2;
  }

  private connack(start: number, end: number): void {
    let reasonCode: number = this.at(start + 1);
    // A server that knows only MQTT 3.1.1 refuses in its own form.
    if (reasonCode === 1 && end === 4) reasonCode = ReasonCode.UNSUPPORTED_PROTOCOL_VERSION;
    if (reasonCode > 0x7f) throw this.refused("refused the connection", reasonCode);
    // There is no session that could be present.
    if (reasonCode > 0 || this.at(start) > 0) throw this.wrong(ReasonCode.PROTOCOL_ERROR);
    const length = this.integer(start + 2);
    let position = start + 2 + variableByteIntegerLength(length);
    let seen = 0;
    if (position + length !== end) throw this.wrong(ReasonCode.MALFORMED_PACKET);
    while (position < Math.min(end, KEPT)) {
      const property = this.at(position++);
      let kind = Number(VALUES[property - 0x11] ?? 0);
      const need = this.needs[property] ?? 0;
      let value;
      // Only a User Property may come again.
      let wrong = kind === 0 || (kind < 9 && (seen & (1 << property)) !== 0);
      seen |= 1 << property;
      do {
        value = 0;
        for (let i = kind > 4 ? 2 : kind; i > 0; i--) value = value * 256 + this.at(position++);
        if (kind > 4) position += value;
        // A byte is a yes or no; no maximum is 0.
        wrong ||= kind === 1 ? value > 1 : value === 0 && (property === RECEIVE_MAXIMUM || property === MAXIMUM_PACKET_SIZE);
      } while (kind-- > 8);
      if (position > KEPT) break;
      if (position > end) throw this.wrong(ReasonCode.MALFORMED_PACKET);
      if (wrong) throw this.wrong(ReasonCode.PROTOCOL_ERROR);
      if (value < need) throw this.refused("does not take a message", property === MAXIMUM_QOS ? ReasonCode.QOS_NOT_SUPPORTED : property === RETAIN_AVAILABLE ? ReasonCode.RETAIN_NOT_SUPPORTED : ReasonCode.PACKET_TOO_LARGE, "configuration");
      if (property === RECEIVE_MAXIMUM) this.window = Math.min(value, IN_FLIGHT);
    }
    this.accepted = true;
  }

  private refused(what: string, reasonCode: number, kind: ErrorKind = "peer"): MqttError {
    return new MqttError(kind, `the broker ${what}: Reason Code 0x${reasonCode.toString(16)}`, Math.max(reasonCode, ReasonCode.UNSPECIFIED_ERROR));
  }

  private wrong(reasonCode: number): MqttError {
    this.fault = reasonCode;
    return this.refused("sent a wrong packet, or is none", reasonCode);
  }

  failed(error: unknown): void {
    const { host, port } = this.options;
    const { reject, fault } = this;
    if (reject === undefined) return;
    this.reject = undefined;
    reject(error instanceof MqttError ? error : new MqttError(
      "transport", `${this.connected ? "lost" : "cannot reach"} ${host}:${port}: ${error instanceof Error ? error.message : "check host, port and network"}`));
    // The broker is told (4.13), unless a packet is half on its way: there is no room then.
    if (fault > 0 && this.room > 2) this.socket?.write(Uint8Array.of(DISCONNECT, 1, fault));
  }

  /** Releases everything; what was written before is still sent by the socket. */
  close(): void {
    Timer.clear(this.timer);
    this.resolver?.close?.();
    this.socket?.close();
  }
}

/**
 * Connects, publishes, disconnects, for a node that wakes, reports and sleeps: the messages at QoS 1 go out with the CONNECT, before the
 * broker has answered (MQTT 5.0, 3.1.4), those at QoS 0 follow its answer. That takes two round trips, TCP's own included.
 *
 * At least once: when the promise rejects, none, some or all messages may have arrived. Report all again.
 *
 * @param target `mqtt://host:port`, `mqtts://...`, or the options alone.
 * @param messages may be empty: that connects and disconnects. They are copied.
 * @returns once all QoS 1 messages are acknowledged and all others are with the socket.
 * @throws MqttError, as a rejection: (configuration) for a wrong argument, before anything is opened, or for what the broker's limits
 * forbid; (peer) when the broker refuses or is wrong; (transport) when the network fails or the time is over.
 */
export async function report(target: string | ReportOptions, messages: readonly ReportMessage[], options?: ReportOptions): Promise<void> {
  const attempt = new Report(completeOptions(target, options), messages);
  // Released in a turn of its own: a resolver of the SDK does not survive its own closing inside its callback.
  await new Promise<void>(attempt.open.bind(attempt)).finally(attempt.close.bind(attempt));
}
