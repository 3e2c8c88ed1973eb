/** What a server remembers of a client and its session. */
import { frameAt, type Frame } from "./frame.js";
import { judge, type Judgement } from "./judge.js";
import type { Settings } from "./settings.js";

type Step = "PUBACK" | "PUBREC" | "PUBREL" | "PUBCOMP" | "SUBACK" | "UNSUBACK" | "unknown";

/** What the client began and this server has not finished. */
export interface Exchange {
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

/** Lowest layer of a {@link ServerView}: what has been sent and received over one connection after another. */
export class ServerState {
  /** The first thing that the client did wrong. */
  wrong: string | undefined;
  /** The last packet of the client, whole. */
  last: Uint8Array = new Uint8Array(0);
  /** The Packet Identifier of a PUBLISH larger than the client's buffer, while it is sent: of a repeated one it knows enough to answer. */
  sending = 0;
  /** That one has been answered already. */
  protected answeredAhead = false;
  /** A CONNACK was sent that accepts. */
  connected = false;
  protected disconnected = false;
  protected greeted = false;
  protected unread: number[] = [];
  /** The CONNACK had been sent when the client's last packet began: only then does it know of limits. */
  protected informed = false;
  protected readonly exchanges = new Map<number, Exchange>();
  protected messages: Message[] = [];
  /** PUBRELs that were sent and not answered. */
  protected pubcomps: number[] = [];
  /** Which messages the client knows cannot be told: those of a resumed session, or too many in MQTT 3.1.1. */
  protected vague = false;
  protected sentAliases = new Set<number>();
  protected receivedAliases = new Set<number>();
  protected receiveMaximum = 0xffff;
  protected maximumPacketSize = Infinity;
  protected maximumQos = 2;
  protected retainAvailable = true;
  protected aliasMaximum = 0;
  protected readonly settings: Settings;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** Another connection on the same session begins. */
  reconnected(): void {
    // What was cut short the client may know of.
    if (this.midPacket) this.exchanges.set(this.partialIdentifier, { step: "unknown", codes: 0, current: false });
    this.connected = this.disconnected = this.greeted = this.answeredAhead = false;
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
  protected blame(what: string): void {
    this.wrong ??= `the client ${what}`;
  }

  protected get announced(): NonNullable<Settings["connect"]["properties"]> {
    return this.settings.connect.properties ?? {};
  }

  /** This server sends a packet that is right in itself. */
  sent(bytes: Uint8Array, frame: Frame, judged: Judgement): void {
    const first = bytes[frame.begin] ?? 0;
    const type = first >> 4;
    const { identifier, reasonCode } = judged;
    const exchange = this.exchanges.get(identifier);
    if (type === 2 && !this.connected && reasonCode === 0) this.accepted(bytes[frame.body] === 1, judged.properties);
    else if (type === 3) this.published((first >> 1) & 3, judged);
    // An answer that overtakes the payload, of a first copy or a repeated one: the rest of it still comes.
    else if ((type === 4 || type === 5) && identifier === this.partialIdentifier) this.exchanges.set(identifier, { step: "unknown", codes: 0, current: true });
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
    // MQTT 3.1.1 has no Receive Maximum: which of too many the client forgets is its own affair.
    if (this.settings.version === 4 && this.messages.length >= this.settings.receiveMaximum) this.vague = true;
    if (known === undefined || (this.vague && known.qos !== qos)) this.messages.push({ identifier, qos, answered: false });
    else if (qos === 2) known.answered = this.answeredAhead;
    this.answeredAhead = false;
  }

  private pubrec(identifier: number, reasonCode: number, exchange: Exchange | undefined): void {
    if (reasonCode >= 0x80) {
      if (exchange?.step === "PUBREC") this.exchanges.delete(identifier);
    } else if (exchange === undefined || (!exchange.current && exchange.step === "PUBACK")) this.exchanges.set(identifier, { step: "unknown", codes: 0, current: true });
    else if (exchange.step === "PUBREC") exchange.step = "PUBREL";
  }
}
