/** What a server knows of a client: whether each packet of the client is legal, and what the client must make of each packet of the server. */
import type { Frame } from "./frame.js";
import { frameAt } from "./frame.js";
import { judge, type Judgement } from "./judge.js";
import type { Settings } from "./settings.js";

const PROTOCOL_ERROR = 0x82;
const ACCEPT: Expectation = { codes: [] };
const REFUSE: Expectation = { codes: [PROTOCOL_ERROR] };

/** The Reason Codes with which the client may end the connection over a packet; none when it must take it. */
export interface Expectation {
  readonly codes: readonly number[];
  /** The client ends the connection without blaming the packet. */
  readonly ends?: true;
}

type Step = "PUBACK" | "PUBREC" | "PUBREL" | "PUBCOMP" | "SUBACK" | "UNSUBACK" | "unknown";

/** What the client began and this server has not finished. */
interface Exchange {
  step: Step;
  /** Reason Codes that a SUBACK must have. */
  readonly codes: number;
  /** Sent on this connection. */
  current: boolean;
}

/** A message at QoS 1 or 2 that the client has not finished with. */
interface Message {
  readonly identifier: number;
  readonly qos: number;
  answered: boolean;
}

export class ServerView {
  /** The first thing that the client did wrong. */
  wrong: string | undefined;
  /** The last packet of the client, whole. */
  last: Uint8Array = new Uint8Array(0);
  /** The Packet Identifier of a PUBLISH larger than the client's buffer, while it is sent: of a repeated one it knows enough to answer. */
  sending = 0;
  /** A CONNACK was sent that accepts. */
  connected = false;
  private disconnected = false;
  private greeted = false;
  private unread: number[] = [];
  /** The CONNACK had been sent when the client's last packet began: only then does it know of limits. */
  private informed = false;
  private readonly exchanges = new Map<number, Exchange>();
  private messages: Message[] = [];
  private pubcomps: number[] = [];
  /** Which messages a client of a resumed session knows cannot be told. */
  private vague = false;
  private sentAliases = new Set<number>();
  private receivedAliases = new Set<number>();
  private receiveMaximum = 0xffff;
  private maximumPacketSize = Infinity;
  private maximumQos = 2;
  private retainAvailable = true;
  private aliasMaximum = 0;
  private readonly settings: Settings;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** Another connection on the same session begins. */
  reconnected(): void {
    // What was cut short the client may know of.
    if (this.midPacket) this.exchanges.set(this.partialIdentifier, { step: "unknown", codes: 0, current: false });
    this.connected = this.disconnected = this.greeted = false;
    this.limit(new Map());
    this.unread = [];
    this.pubcomps = [];
    this.sentAliases = new Set();
    this.receivedAliases = new Set();
    for (const [identifier, exchange] of this.exchanges) {
      exchange.current = false;
      if (exchange.step === "SUBACK" || exchange.step === "UNSUBACK") this.exchanges.delete(identifier);
    }
  }

  /** Whether the client stopped in the middle of a packet. */
  get midPacket(): boolean {
    return this.unread.length > 0;
  }

  /** The Packet Identifier of the PUBLISH that is on its way: only a payload takes its time. */
  private get partialIdentifier(): number {
    const data = new Uint8Array(this.unread);
    const frame = frameAt(data, 0);
    return frame === undefined || frame === "wrong" ? 0 : judge(data, frame, this.settings.version).identifier;
  }

  /** Notes a fault of the client; the first counts. */
  private blame(what: string): void {
    this.wrong ??= `the client ${what}`;
  }

  private get announced(): NonNullable<Settings["connect"]["properties"]> {
    return this.settings.connect.properties ?? {};
  }

  /** Whether a packet is too large for the client, as far as its fixed header tells. */
  isTooLarge(first: number, size: number): boolean {
    return size > (this.announced.maximumPacketSize ?? Infinity) || (size > this.settings.receiveBuffer && first >> 4 !== 3);
  }

  /** What the client must make of a packet that is right in itself; undefined where that is its own affair. */
  expected(bytes: Uint8Array, frame: Frame, judged: Judgement, established: boolean): Expectation | undefined {
    const type = (bytes[frame.begin] ?? 0) >> 4;
    const has = (id: number): boolean => judged.properties.has(id);
    if (type !== 2 && type !== 3 && type !== 14 && this.announced.requestProblemInformation === 0 && (has(31) || has(38))) return REFUSE;
    if (type === 15) return undefined;
    if (!this.connected) return type === 2 ? this.expectedConnack(bytes, frame, judged, established) : REFUSE;
    if (type === 3) return this.expectedPublish(bytes, frame, judged);
    if (type === 6) return this.expectedPubrel(judged.identifier);
    if (type === 14) return judged.reasonCode === 4 || has(17) ? REFUSE : { codes: [], ends: true };
    if (type === 13) return ACCEPT;
    return type === 2 ? REFUSE : this.expectedAnswer(type, judged, frame.end - judged.payload);
  }

  private expectedConnack(bytes: Uint8Array, frame: Frame, judged: Judgement, established: boolean): Expectation | undefined {
    const { connect } = this.settings;
    const present = bytes[frame.body] === 1;
    if (judged.reasonCode !== 0) return { codes: [], ends: true };
    if (present && connect.cleanStart) return REFUSE;
    if (connect.version === 4) return ACCEPT;
    if (judged.properties.has(21) || this.announced.authenticationMethod !== undefined) return undefined;
    const wrong = (present && !established) || (connect.clientId === "" && !judged.properties.has(18)) ||
      (judged.properties.has(26) && this.announced.requestResponseInformation !== 1);
    return wrong ? REFUSE : ACCEPT;
  }

  private expectedPublish(bytes: Uint8Array, frame: Frame, judged: Judgement): Expectation | undefined {
    const first = bytes[frame.begin] ?? 0;
    const qos = (first >> 1) & 3;
    const alias = judged.properties.get(35) ?? 0;
    if (alias > (this.announced.topicAliasMaximum ?? 0)) return { codes: [0x94] };
    if (judged.topic[0] === judged.topic[1] && !this.sentAliases.has(alias)) return REFUSE;
    if (qos === 0) return ACCEPT;
    if (this.vague) return undefined;
    const known = this.messages.find((message) => message.identifier === judged.identifier);
    if (known === undefined) return this.messages.length < this.settings.receiveMaximum ? ACCEPT : { codes: [0x93] };
    return known.qos === qos && (qos === 2 || (first & 8) !== 0) ? ACCEPT : REFUSE;
  }

  private expectedPubrel(identifier: number): Expectation | undefined {
    const known = this.messages.find((message) => message.identifier === identifier);
    if (known === undefined || this.vague) return this.vague ? undefined : ACCEPT;
    if (known.qos === 1) return REFUSE;
    return known.answered ? ACCEPT : undefined;
  }

  private expectedAnswer(type: number, judged: Judgement, codes: number): Expectation | undefined {
    const exchange = this.exchanges.get(judged.identifier);
    const step = exchange?.step;
    // An answer may overtake the payload.
    if (exchange === undefined ? this.midPacket : !exchange.current || step === "unknown") return undefined;
    if (type === 4) return step === "PUBACK" ? ACCEPT : REFUSE;
    if (type === 7) return step === "PUBCOMP" ? ACCEPT : REFUSE;
    if (type === 5) return step === undefined || step === "PUBREC" || ((step === "PUBREL" || step === "PUBCOMP") && judged.reasonCode < 0x80) ? ACCEPT : REFUSE;
    if (step !== (type === 9 ? "SUBACK" : "UNSUBACK")) return REFUSE;
    return (type === 11 && this.settings.version === 4) || codes === exchange?.codes ? ACCEPT : REFUSE;
  }

  /** This server sends a packet that is right in itself. */
  sent(bytes: Uint8Array, frame: Frame, judged: Judgement): void {
    const first = bytes[frame.begin] ?? 0;
    const type = first >> 4;
    const { identifier, reasonCode } = judged;
    const exchange = this.exchanges.get(identifier);
    if (type === 2 && !this.connected && reasonCode === 0) this.accepted(bytes[frame.body] === 1, judged.properties);
    else if (type === 3) this.published((first >> 1) & 3, judged);
    else if (type === 4) {
      if (exchange?.step === "PUBACK") this.exchanges.delete(identifier);
      else if (exchange === undefined) this.exchanges.set(identifier, { step: "unknown", codes: 0, current: true });
    } else if (type === 5) this.pubrec(identifier, reasonCode, exchange);
    else if (type === 6) {
      this.messages = this.messages.filter((message) => message.identifier !== identifier);
      this.pubcomps.push(identifier);
    } else if (type === 7 ? exchange?.step === "PUBCOMP" : exchange?.step === "SUBACK" || exchange?.step === "UNSUBACK") this.exchanges.delete(identifier);
  }

  private accepted(present: boolean, properties: ReadonlyMap<number, number>): void {
    this.connected = true;
    this.limit(properties);
    if (present) {
      this.messages = this.messages.filter((message) => message.qos === 2);
      this.vague = this.messages.length > 0;
      return;
    }
    this.messages = [];
    this.vague = false;
    for (const [identifier, exchange] of this.exchanges) if (!exchange.current) this.exchanges.delete(identifier);
  }

  private limit(properties: ReadonlyMap<number, number>): void {
    this.receiveMaximum = properties.get(33) ?? 0xffff;
    this.maximumPacketSize = properties.get(39) ?? Infinity;
    this.maximumQos = properties.get(36) ?? 2;
    this.retainAvailable = properties.get(37) !== 0;
    this.aliasMaximum = properties.get(34) ?? 0;
  }

  private published(qos: number, { identifier, properties }: Judgement): void {
    const alias = properties.get(35);
    if (alias !== undefined) this.sentAliases.add(alias);
    if (qos === 0) return;
    const known = this.messages.find((message) => message.identifier === identifier);
    if (known === undefined) this.messages.push({ identifier, qos, answered: false });
    else if (qos === 2) known.answered = false;
  }

  private pubrec(identifier: number, reasonCode: number, exchange: Exchange | undefined): void {
    if (reasonCode >= 0x80) {
      if (exchange?.step === "PUBREC") this.exchanges.delete(identifier);
    } else if (exchange === undefined || (!exchange.current && exchange.step === "PUBACK")) this.exchanges.set(identifier, { step: "unknown", codes: 0, current: true });
    else if (exchange.step === "PUBREC") exchange.step = "PUBREL";
  }

  /** Bytes come from the client. */
  received(bytes: Uint8Array): void {
    if (this.unread.length === 0) this.informed = this.connected;
    for (const byte of bytes) this.unread.push(byte);
    while (this.unread.length > 1) {
      // Mostly a write is a packet.
      const data = this.unread.length === bytes.length ? bytes : new Uint8Array(this.unread);
      const frame = frameAt(data, 0);
      if (frame === "wrong") this.blame("sent a wrong Remaining Length");
      if (frame === "wrong" || frame === undefined || frame.end > data.length) return;
      this.unread.splice(0, frame.end);
      this.last = data.slice(0, frame.end);
      this.take(this.last, frame);
    }
  }

  private take(packet: Uint8Array, frame: Frame): void {
    const type = (packet[0] ?? 0) >> 4;
    const identifier = ((packet[frame.body] ?? 0) << 8) | (packet[frame.body + 1] ?? 0);
    if (this.disconnected) this.blame(`sent packet type ${type} after DISCONNECT`);
    if (this.greeted === (type === 1)) this.blame(`sent packet type ${type} where CONNECT comes first, once`);
    this.greeted = true;
    // Acknowledgements cannot be made shorter, not for the most absurd limit.
    if (packet.length > Math.max(this.maximumPacketSize, 5) && this.informed) this.blame(`sent ${packet.length} bytes, where Maximum Packet Size is ${this.maximumPacketSize}`);
    if (!this.connected && type !== 1 && type !== 14 && type !== 15 && !(type === 3 && this.settings.early)) this.blame(`sent packet type ${type} before the CONNACK`);
    if (type === 3) this.takePublish(packet, frame);
    else if (type === 4 || type === 5) this.takeAnswer(type === 4 ? 1 : 2, identifier, packet[frame.body + 2] ?? 0);
    else if (type === 6) this.takePubrel(identifier);
    else if (type === 7) {
      if (this.pubcomps.shift() !== identifier) this.blame(`sent PUBCOMP ${identifier} out of turn`);
    } else if (type === 8 || type === 10) this.takeRequest(packet, frame, identifier);
    else if (type === 14) this.disconnected = true;
  }

  private takePublish(packet: Uint8Array, frame: Frame): void {
    const first = packet[0] ?? 0;
    const qos = (first >> 1) & 3;
    const { defects, identifier, properties, topic } = judge(packet, frame, this.settings.version);
    const alias = properties.get(35) ?? 0;
    if (defects.length > 0) this.blame(`sent a PUBLISH with ${defects.join(", ")}`);
    if (this.informed) this.checkLimits(first, qos, alias);
    if (topic[0] === topic[1] && !this.receivedAliases.has(alias)) this.blame("sent an alias without a topic");
    if (properties.has(11)) this.blame("sent a Subscription Identifier");
    this.receivedAliases.add(alias);
    if (qos === 0) return;
    const before = this.exchanges.get(identifier);
    if (before?.step === "unknown") return;
    if ((first & 8) !== 0) {
      if (before === undefined || before.current || before.step !== (qos === 1 ? "PUBACK" : "PUBREC")) this.blame(`repeated PUBLISH ${identifier}, which is not its turn`);
    } else if (before !== undefined && (before.current || before.step !== "PUBACK")) this.blame(`used Packet Identifier ${identifier} twice`);
    this.exchanges.set(identifier, { step: qos === 1 ? "PUBACK" : "PUBREC", codes: 0, current: true });
    if (this.informed && this.open > this.receiveMaximum) this.blame(`has ${this.open} publications open, where Receive Maximum is ${this.receiveMaximum}`);
  }

  private checkLimits(first: number, qos: number, alias: number): void {
    if (qos > this.maximumQos) this.blame(`sent QoS ${qos}, where Maximum QoS is ${this.maximumQos}`);
    if ((first & 1) !== 0 && !this.retainAvailable) this.blame("sent RETAIN, which is not available");
    if (alias > this.aliasMaximum) this.blame(`sent Topic Alias ${alias}, where the maximum is ${this.aliasMaximum}`);
  }

  /** Publications that count against the Receive Maximum. */
  private get open(): number {
    let count = 0;
    for (const { step, current } of this.exchanges.values()) if (current && step !== "SUBACK" && step !== "UNSUBACK" && step !== "unknown") count++;
    return count;
  }

  private takeAnswer(qos: number, identifier: number, reasonCode: number): void {
    const name = qos === 1 ? "PUBACK" : "PUBREC";
    const message = this.messages.find((each) => !each.answered && each.qos === qos && (!this.vague || each.identifier === identifier));
    if (message?.identifier !== identifier && qos === 2 && identifier === this.sending) return;
    if (message?.identifier !== identifier) this.blame(`sent ${name} ${identifier} out of turn`);
    if (qos === 1 || reasonCode >= 0x80) this.messages = this.messages.filter((each) => each !== message);
    else if (message !== undefined) message.answered = true;
  }

  private takePubrel(identifier: number): void {
    const exchange = this.exchanges.get(identifier);
    const step = exchange?.step;
    if (exchange === undefined || step === "PUBACK" || (step === "PUBREC" && exchange.current)) this.blame(`sent PUBREL ${identifier} for nothing`);
    else exchange.step = step === "unknown" ? "unknown" : "PUBCOMP";
  }

  private takeRequest(packet: Uint8Array, frame: Frame, identifier: number): void {
    const subscribe = packet[0] === 0x82;
    if (identifier === 0 || (this.exchanges.get(identifier)?.step ?? "unknown") !== "unknown") this.blame(`used Packet Identifier ${identifier} twice`);
    if (!subscribe && packet[0] !== 0xa2) this.blame("sent flags that are reserved");
    this.exchanges.set(identifier, { step: subscribe ? "SUBACK" : "UNSUBACK", codes: this.filters(packet, frame, subscribe), current: true });
  }

  /** How many topic filters a request has; all of ours are without properties. */
  private filters(packet: Uint8Array, frame: Frame, subscribe: boolean): number {
    let count = 0;
    for (let i = frame.body + (this.settings.version === 5 ? 3 : 2); i < frame.end; count++) i += 2 + (((packet[i] ?? 0) << 8) | (packet[i + 1] ?? 0)) + (subscribe ? 1 : 0);
    return count;
  }
}
