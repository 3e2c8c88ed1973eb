/** Holds what a client makes of each byte against what the standard wants; for bytes that come one by one. */
import { ConnectionState } from "../../src/protocol/connection/connection.js";
import type { FuzzClient } from "./client.js";
import { DEFECTS } from "./defects.js";
import { frameAt, type Frame } from "./frame.js";
import { judge } from "./judge.js";
import type { Expectation, ServerView } from "./server-view.js";

/** What may end a connection over a PUBLISH larger than the buffer, before it is all there. */
const EARLY_CODES = [0x81, 0x82, 0x93, 0x94, 0x95];
/** What may end it where the client knows better than this reader. */
const OWN_CODES = [0x82, 0x93];
/** The longest fixed header. */
const HEADER_LENGTH = 5;

/** The first bytes of a packet, which come one by one, and how many of the others come at once. */
const INTERESTING = 12;
const STRIDE = 7;

const hexCodes = (codes: readonly number[]): string => codes.map((code) => `0x${code.toString(16)}`).join(" or ");

export class ExpectationReader {
  private frame: Frame | "wrong" | undefined;
  private begin = 0;
  /** What the client must make of the packet that ends with the next byte. */
  private expected: Expectation | undefined;
  private ends = false;
  private what = "";
  private readonly client: FuzzClient;
  private readonly view: ServerView;
  private readonly bytes: Uint8Array;

  constructor(client: FuzzClient, view: ServerView, bytes: Uint8Array) {
    this.client = client;
    this.view = view;
    this.bytes = bytes;
  }

  /** The byte at this position comes next. @returns how many may come at once: one, but far inside a packet, where little depends on each. */
  before(position: number): number {
    const { bytes, view } = this;
    if (this.ends || position === 0) {
      this.begin = position;
      this.frame = frameAt(bytes, position);
      view.sending = this.isLarge(this.frame) ? judge(bytes, this.frame, this.client.settings.version).identifier : 0;
    }
    const frame = this.frame;
    this.ends = frame !== undefined && frame !== "wrong" && position === frame.end - 1;
    if (frame === undefined || frame === "wrong") return 1;
    if (!this.ends) return position < this.begin + INTERESTING ? 1 : Math.min(STRIDE, frame.end - 1 - position);
    view.sending = 0;
    const judged = judge(bytes, frame, this.client.settings.version);
    const { defects } = judged;
    this.what = `packet type ${(bytes[frame.begin] ?? 0) >> 4}${defects.length > 0 ? ` with ${defects.join(", ")}` : ""}`;
    this.expected = view.expected(bytes, frame, judged, this.client.session.established === true);
    // What is wrong in itself may be out of place too.
    if (defects.length > 0) this.expected = { codes: [...defects.flatMap((defect) => DEFECTS[defect].codes), ...(this.expected?.codes ?? OWN_CODES)] };
    // What the client must refuse changes nothing.
    if (this.expected === undefined || this.expected.codes.length === 0) view.sent(bytes, frame, judged);
    return 1;
  }

  /** All up to the byte at this position has come. */
  after(position: number): void {
    const { client, frame, begin } = this;
    const { error } = client;
    const closed = client.connection.state === ConnectionState.CLOSED;
    // The owner may have ended it, or its payload source.
    if (closed && error?.kind !== "peer") return;
    const blamed = error?.message.startsWith("the broker sent a ") ? error.reasonCode : undefined;
    if (blamed !== undefined) this.checkDisconnect(blamed);
    if (frame === "wrong") this.demand(position - begin >= HEADER_LENGTH - 1, [0x81], blamed, "a wrong Remaining Length");
    else if (frame !== undefined && position >= frame.body - 1 && this.view.isTooLarge(this.bytes[begin] ?? 0, frame.end - begin)) this.demand(true, [0x95], blamed, "a packet that is too large");
    else if (this.ends && this.isPutOff) return;
    else if (!this.ends) this.demand(false, this.isLarge(frame) ? EARLY_CODES : [], blamed, "a packet that is not all there");
    else if (this.expected === undefined) this.demand(false, OWN_CODES, blamed, this.what);
    else if (this.expected.ends === undefined) this.demand(this.expected.codes.length > 0, this.expected.codes, blamed, this.what);
    else if (!closed || blamed !== undefined) client.blame(`the client does not end with ${this.what}`);
  }

  /** MQTT 3.1.1 has no Receive Maximum: a message for which there is no room is looked at later. */
  private get isPutOff(): boolean {
    const { client } = this;
    return client.settings.version === 4 && client.connection.paused && client.session.incoming.count === client.session.incoming.size;
  }

  private isLarge(frame: Frame | "wrong" | undefined): frame is Frame {
    return frame !== undefined && frame !== "wrong" && frame.end - frame.begin > this.client.settings.receiveBuffer;
  }

  /** The packet must be or may be refused, with one of these codes. */
  private demand(must: boolean, codes: readonly number[], blamed: number | undefined, what: string): void {
    if (blamed === undefined) {
      if (must) this.client.blame(`the client takes ${what}`);
    } else if (!codes.includes(blamed)) this.client.blame(`the client refuses ${what} with ${hexCodes([blamed])}, not ${hexCodes(codes) || "at all"}`);
  }

  /** A fault is told with its code, where there is room and nothing is half-way, and in MQTT 5.0 only. */
  private checkDisconnect(code: number): void {
    const { client, view } = this;
    const [first, , last] = view.last;
    const told = view.last.length === 3 && first === 0xe0 && last === code;
    if (client.settings.version === 4 ? first === 0xe0 : !told && client.room >= 3 && !view.midPacket) client.blame(`the client does not end with DISCONNECT ${hexCodes([code])}`);
  }
}
