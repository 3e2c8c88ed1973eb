import { equal, ok } from "node:assert/strict";

/** A server of MQTT 5.0 refuses each publication whose tag is a multiple of this, each time it comes. */
const REFUSED = 7;

/** A message that is on its way to the client: its identifier, and where its exchange stands. */
interface Outgoing {
  readonly identifier: number;
  readonly qos: number;
  readonly payload: readonly number[];
  released: boolean;
}

/** A packet of the client without its fixed header. */
interface Packet {
  readonly first: number;
  readonly body: readonly number[];
}

/** What a payload says: two bytes of tag, then bytes that follow from it, so that a byte out of place shows. */
export function payloadOf(tag: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i === 0 ? tag >> 8 : i === 1 ? tag & 0xff : (tag + i) % 256));
}

/** @returns the tag of a payload that is right. */
export function tagOf(payload: readonly number[]): number {
  const tag = ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
  ok(payload.every((byte, i) => byte === payloadOf(tag, payload.length)[i]), `payload of ${tag} is damaged`);
  return tag;
}

/**
 * A server as the standard wants it (MQTT 5.0, 4.3, 4.4, 4.9), which answers when the test says so. It checks what the client sends:
 * whole packets, legal identifiers, Receive Maximum, order of PUBACKs.
 */
export class ModelServer {
  /** How often each message of the client arrived, by tag, in order of first arrival. */
  readonly arrived = new Map<number, number>();
  /** Bytes on their way to the client. */
  toClient: number[] = [];
  /** Answers that the test has not yet let out. */
  answers: number[][] = [];
  /** Bytes from the client that are not yet a whole packet. */
  #received: number[] = [];
  /** Identifiers of QoS 2 messages that are not released. */
  #unreleased = new Set<number>();
  /** Identifiers of the client's publications that are open on this connection. */
  #open = new Set<number>();
  #outgoing: Outgoing[] = [];
  /** Identifiers of QoS 1 messages of this connection, for the order of their PUBACKs. */
  #unacknowledged: number[] = [];
  #identifier = 0xfff0;
  readonly #version: 4 | 5;
  readonly #receiveMaximum: number;
  readonly #clientMaximum: number;

  constructor(version: 4 | 5, receiveMaximum: number, clientMaximum: number) {
    this.#version = version;
    this.#receiveMaximum = version === 5 ? receiveMaximum : Infinity;
    this.#clientMaximum = clientMaximum;
  }

  /** Messages that the client has not yet finished with. */
  get unfinished(): number {
    return this.#outgoing.length;
  }

  /** A connection begins: CONNACK, and what a session that is kept has to send again. */
  connect(sessionPresent: boolean): void {
    this.toClient = [];
    this.answers = [];
    this.#received = [];
    this.#open.clear();
    this.#unacknowledged = [];
    if (!sessionPresent) {
      this.#unreleased.clear();
      this.#outgoing = [];
    }
    const present = sessionPresent ? 1 : 0;
    this.#send(this.#version === 5 ? [0x20, 6, present, 0, 3, 0x21, 0, this.#receiveMaximum] : [0x20, 2, present, 0]);
    for (const message of this.#outgoing) {
      if (message.released) this.#send([0x62, 2, message.identifier >> 8, message.identifier & 0xff]);
      else this.#publish(message, 8);
    }
  }

  /** Sends a message, if the client's Receive Maximum allows it. */
  publish(qos: number, payload: Uint8Array): boolean {
    if (qos > 0 && this.#outgoing.length >= this.#clientMaximum) return false;
    if (qos > 0) this.#identifier = this.#identifier === 0xffff ? 1 : this.#identifier + 1;
    const message = { identifier: this.#identifier, qos, payload: Array.from(payload), released: false };
    if (qos > 0) this.#outgoing.push(message);
    this.#publish(message, 0);
    return true;
  }

  #publish({ identifier, qos, payload }: Outgoing, duplicate: number): void {
    if (qos === 1) this.#unacknowledged.push(identifier);
    const head = [0, 1, 0x73, ...(qos > 0 ? [identifier >> 8, identifier & 0xff] : []), ...(this.#version === 5 ? [0] : [])];
    const length = head.length + payload.length;
    this.#send([0x30 | (qos << 1) | duplicate, ...(length < 128 ? [length] : [(length & 127) | 128, length >> 7]), ...head, ...payload]);
  }

  #send(packet: readonly number[]): void {
    this.toClient.push(...packet);
  }

  /** Lets one answer out, not always the oldest. */
  answer(choice: number): void {
    const [packet] = this.answers.splice(choice % Math.max(1, this.answers.length), 1);
    if (packet === undefined) return;
    const [first = 0, , high = 0, low = 0, code = 0] = packet;
    // What the client may take as room for the next publication.
    if (first === 0x40 || first === 0x70 || (first === 0x50 && code >= 0x80)) this.#open.delete((high << 8) | low);
    this.#send(packet);
  }

  /** Bytes come from the client. */
  receive(bytes: Iterable<number>): void {
    this.#received.push(...bytes);
    for (let packet = this.#next(); packet !== undefined; packet = this.#next()) this.#take(packet);
  }

  #next(): Packet | undefined {
    const [first = 0, low = 0, high = 0] = this.#received;
    const wide = low > 127 ? 1 : 0;
    const length = wide === 1 ? (low & 127) | (high << 7) : low;
    if (this.#received.length < 2 + wide || this.#received.length < 2 + wide + length) return undefined;
    return { first, body: this.#received.splice(0, 2 + wide + length).slice(2 + wide) };
  }

  #take({ first, body }: Packet): void {
    if (first >> 4 === 3) {
      this.#takePublish(first, body);
      return;
    }
    const [high = 0, low = 0] = body;
    const identifier = (high << 8) | low;
    ok(identifier > 0 || first === 0x10, "an identifier is never 0");
    const index = this.#outgoing.findIndex((message) => message.identifier === identifier);
    switch (first) {
      case 0x10:
        break;
      case 0x40:
        equal(this.#unacknowledged.shift(), identifier, "PUBACKs keep the order of arrival");
        this.#outgoing.splice(index, 1);
        break;
      case 0x50:
        if ((body[2] ?? 0) >= 0x80) this.#outgoing.splice(index, 1);
        else {
          const message = this.#outgoing[index];
          if (message !== undefined) message.released = true;
          this.answers.push([0x62, 2, high, low]);
        }
        break;
      case 0x62: {
        const known = this.#unreleased.delete(identifier);
        this.answers.push(known || this.#version === 4 ? [0x70, 2, high, low] : [0x70, 3, high, low, 0x92]);
        break;
      }
      case 0x70:
        if (index >= 0) this.#outgoing.splice(index, 1);
        break;
      case 0x82:
        this.answers.push(this.#version === 5 ? [0x90, 4, high, low, 0, 0] : [0x90, 3, high, low, 0]);
        break;
      default:
        ok(false, `the client sent a packet that begins with ${first}`);
    }
  }

  #takePublish(first: number, body: readonly number[]): void {
    const qos = (first >> 1) & 3;
    const properties = this.#version === 5 ? 1 : 0;
    const head = 3 + (qos > 0 ? 2 : 0);
    equal(body.slice(0, 3).join(), "0,1,116", "the topic is t");
    if (properties === 1) equal(body[head], 0, "there are no properties");
    const tag = tagOf(body.slice(head + properties));
    if (qos === 0) {
      this.#arrive(tag);
      return;
    }
    const [high = 0, low = 0] = body.slice(3);
    const identifier = (high << 8) | low;
    ok(identifier > 0, "an identifier is never 0");
    ok(!this.#open.has(identifier), `${identifier} is in use on this connection`);
    ok((first & 8) !== 0 || !this.#unreleased.has(identifier), `${identifier} was not released`);
    this.#open.add(identifier);
    ok(this.#open.size <= this.#receiveMaximum, "Receive Maximum is kept");
    const known = this.#unreleased.has(identifier);
    const refused = !known && this.#version === 5 && tag % REFUSED === 0;
    if (!known && !refused) this.#arrive(tag);
    if (qos === 2 && !refused) this.#unreleased.add(identifier);
    this.answers.push(refused ? [qos === 1 ? 0x40 : 0x50, 3, high, low, 0x97] : [qos === 1 ? 0x40 : 0x50, 2, high, low]);
  }

  #arrive(tag: number): void {
    this.arrived.set(tag, (this.arrived.get(tag) ?? 0) + 1);
  }
}
