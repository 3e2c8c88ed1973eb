/** What the owner of a connection does: any of its calls, at any time. */
import { authenticate } from "../../src/protocol/connection/authenticating.js";
import { ConnectionState } from "../../src/protocol/connection/connection.js";
import { begin, push } from "../../src/protocol/connection/pushing.js";
import { MqttError } from "../../src/protocol/error.js";
import { Publication, type PublicationPayload } from "../../src/protocol/session/publication.js";
import type { FuzzClient } from "./client.js";

const LENGTHS = [0, 1, 5, 30, 60, 150];
const PAYLOAD = new Uint8Array(150).fill(0x70);

/** All kinds of publications that are made for one use: encoded beforehand, because a device has little stack where its handlers are called. */
const PUBLICATIONS = [0, 1, 2].flatMap((qos) =>
  [undefined, undefined, { messageExpiryInterval: 5 }, { topicAlias: 1 }, { topicAlias: 3, contentType: "c" }].flatMap((properties) =>
    [false, true].map((retain) => new Publication(retain ? "a/longer/topic/than/the/others" : "t", qos, retain, properties))));

export class Owner {
  private readonly client: FuzzClient;
  /** Topics that are published to again and again. */
  private readonly prepared = [0, 1, 2, 1, 2].map((qos, i) => new Publication(`prepared/${i}`, qos, false));

  /** Whether a callback of the connection is on the stack. */
  private inside = false;

  constructor(client: FuzzClient) {
    this.client = client;
    client.react = () => {
      // Not again in what it causes: a device has little stack.
      if (this.inside || !client.random.oneIn(3)) return;
      this.inside = true;
      this.act();
      this.inside = false;
    };
  }

  /** Does something. Only a caller's own mistake may be thrown, as a MqttError. In one function: a device has little stack. */
  act(): void {
    const { client } = this;
    const { random, connection, now } = client;
    try {
      // The publications first: without them little can be acknowledged.
      const what = random.below(18);
      if (what < 4) this.publish();
      else if (what < 7) this.prepare();
      else if (what === 7) this.stream();
      else if (what === 8) connection.subscribe(random.oneIn(2) ? [{ filter: "s/#", qos: 1 }] : [{ filter: "a" }, { filter: "b" }], undefined, now);
      else if (what === 9) connection.unsubscribe(["s/#"], undefined, now);
      else if (what < 12) {
        if (this.mayResume) connection.release(random.oneIn(3) ? 0x80 : 0, now);
      } else if (what === 12) {
        if (this.mayResume) this.acknowledge();
      } else if (what === 13) this.pass();
      else if (what < 16) {
        if (this.mayResume) this.drain();
      } else if (what === 16) {
        if (connection.state === ConnectionState.CONNECTED) connection.ping(now);
      } else this.seldom();
    } catch (error) {
      if (!(error instanceof MqttError) || (error.kind !== "configuration" && error.kind !== "resource"))
        client.blame(`a call of the owner throws ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }

  /** Whether a call that goes on with what was received does so at the same place for any chunks. */
  private get mayResume(): boolean {
    return !this.inside || this.client.settings.loose || this.client.connection.looking;
  }

  private payload(): PublicationPayload {
    const { random } = this.client;
    const length = random.pick(LENGTHS);
    const bytes = PAYLOAD.subarray(0, length);
    if (!random.oneIn(3)) return bytes;
    const slice = 1 + random.below(40);
    const fails = random.oneIn(10);
    return {
      byteLength: length,
      read: (offset, count) => {
        if (fails && offset > 0) throw new Error("the source is gone");
        return bytes.subarray(offset, offset + Math.min(count, slice));
      },
    };
  }

  private publish(): void {
    const { random, connection, now } = this.client;
    connection.publish(random.pick(PUBLICATIONS), this.payload(), false, now);
  }

  /** Publishes to a topic that is used again, the short way where it can be gone. */
  private prepare(): void {
    const { random, connection, now } = this.client;
    const publication = random.pick(this.prepared);
    const payload = this.payload();
    const { header } = publication;
    const direct = connection.state === ConnectionState.CONNECTED && !connection.looking && publication.flags > 1 && header !== undefined && payload instanceof Uint8Array;
    if (direct && connection.publishPrepared(publication, header, payload)) connection.sentAt(now);
    else connection.publish(publication, payload, true, now);
  }

  /** Begins a payload that is brought bit by bit, or goes on with it. */
  private stream(): void {
    const { random, connection, now } = this.client;
    if (connection.pushing) {
      push(connection, PAYLOAD.subarray(0, 1 + random.below(Math.min(connection.left, PAYLOAD.length))), now);
      return;
    }
    const length = random.pick(LENGTHS);
    begin(connection, random.pick(PUBLICATIONS), PAYLOAD.subarray(0, Math.min(length, 1 + random.below(40))), length, 0, false, now);
  }

  private acknowledge(): void {
    const { random, later, now, connection } = this.client;
    const [message] = later.splice(random.below(Math.max(1, later.length)), 1);
    const code = random.oneIn(4) ? 0x87 : 0;
    if (message === undefined) connection.acknowledge(1 + random.below(5), code, now);
    else message.connection.acknowledge(message.identifier, code, now);
  }

  /** Time passes. */
  private pass(): void {
    const { client } = this;
    // While a message is held, or told, it depends on the chunks whether more has been received.
    if ((client.connection.paused || this.inside) && !client.settings.loose) return;
    client.now += client.random.pick([1, 900, 5000, 11_000, 61_000]);
    client.connection.handleTimeout(client.now);
  }

  /** The network takes bytes away. */
  drain(): void {
    const { client } = this;
    client.room = Math.min(client.settings.window, client.room + 1 + client.random.below(100));
    client.connection.writable(client.room, client.now);
  }

  private seldom(): void {
    const { client } = this;
    const { random, connection, now } = client;
    if (random.oneIn(3)) authenticate(connection, 0x18, { authenticationMethod: "m" }, now);
    else if (random.oneIn(6)) client.disconnect(random.pick([0, 0x04, 0x82]));
  }
}
