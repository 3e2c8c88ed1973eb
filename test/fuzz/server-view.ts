/** What a server knows of a client: whether each packet of the client is legal, and what the client must make of each packet of the server. */
import { ClientChecks } from "./client-checks.js";
import type { Frame } from "./frame.js";
import type { Judgement } from "./judge.js";

/** The longest acknowledgement: a server that does not take it cannot be served. */
const ACKNOWLEDGEMENT_LENGTH = 5;
const PROTOCOL_ERROR = 0x82;
const ACCEPT: Expectation = { codes: [] };
const REFUSE: Expectation = { codes: [PROTOCOL_ERROR] };

/** The Reason Codes with which the client may end the connection over a packet; none when it must take it. */
export interface Expectation {
  readonly codes: readonly number[];
  /** The client ends the connection without blaming the packet. */
  readonly ends?: true;
}

export class ServerView extends ClientChecks {
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
    if (wrong) return REFUSE;
    return (judged.properties.get(39) ?? ACKNOWLEDGEMENT_LENGTH) < ACKNOWLEDGEMENT_LENGTH ? { codes: [], ends: true } : ACCEPT;
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
    if (this.settings.version === 4 && this.messages.length >= this.settings.receiveMaximum) return undefined;
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
}
