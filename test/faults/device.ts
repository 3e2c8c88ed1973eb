import { connect, ReconnectingClient } from "../../src/client/client.js";
import type { Message } from "../../src/client/options.js";
import { ReasonCode } from "../../src/protocol/codec/reason-code.js";
import type { MqttError } from "../../src/protocol/error.js";
import { Journal } from "../../src/storage/journal.js";
import { SessionStore } from "../../src/storage/session-store.js";
import { FakeFlash, PowerCut, type Operation } from "../storage/fake-flash.js";
import { Application } from "./application.js";
import type { ClientPacket } from "./client-packets.js";
import type { IncomingLedger } from "./incoming-ledger.js";
import { Link, type BrokerEnd, type DeviceEnd, type Note } from "./link.js";
import type { OutgoingLedger } from "./outgoing-ledger.js";
import { makePlan, type Profile } from "./profile.js";
import { Readings } from "./readings.js";
import { makeOn, SimulatedResolver, SimulatedSocket } from "./simulated-io.js";
import { must, Violation } from "./violation.js";
import { WatchedStorage } from "./watched-storage.js";
import { Wire } from "./wire.js";
import type { World } from "./world.js";

const LIVE_RECORDS = 32;

/** How a connection comes to be. */
export const Reach = { CONNECTED: 0, REFUSED: 1, SILENT: 2, NO_ADDRESS: 3 } as const;

/** A node on its flash: it starts, runs the client and an application, and loses its power. */
export class Device implements DeviceEnd {
  /** Whether it has power. */
  alive = false;
  boot = -1;
  application: Application | undefined;
  link: Link | undefined;
  client: ReconnectingClient | undefined;
  readonly outgoing: OutgoingLedger;
  readonly incoming: IncomingLedger;
  readonly profile: Profile;
  readonly world: World;
  journal: Journal | undefined;
  readonly readings: Readings;
  private readonly wire: Wire;
  private readonly broker: BrokerEnd;
  private readonly reach: () => number;
  private flash: FakeFlash | undefined;
  private sockets = 0;
  /** The power went during a write. */
  torn = false;

  /** @param reach says one of {@link Reach} for the next connection. */
  constructor(world: World, profile: Profile, outgoing: OutgoingLedger, incoming: IncomingLedger, broker: BrokerEnd, reach: () => number) {
    this.world = world;
    this.profile = profile;
    this.outgoing = outgoing;
    this.incoming = incoming;
    this.broker = broker;
    this.reach = reach;
    this.readings = new Readings(world, outgoing);
    this.wire = new Wire(world, outgoing, incoming);
    world.clock.callBack = (action) => this.enter(action);
    makeOn(this);
  }

  /** The power comes back. */
  start(): void {
    const { profile, world } = this;
    this.boot = ++this.wire.boot;
    this.alive = true;
    world.note(() => `device: start ${this.boot}`);
    this.enter(() => {
      const { geometry } = profile;
      const storage = geometry === undefined ? undefined : this.open();
      const client = connect({
        ...profile.options, host: "broker.local", id: "node", ...(storage && { storage }), socket: { io: SimulatedSocket }, dns: { io: SimulatedResolver },
        onError: (error) => world.note(() => `device: ${error.message}`),
        onDisconnected: (error) => this.disconnected(error),
        onConnected: ({ resumed }) => world.note(() => `device: connected${resumed ? ", resumed" : ""}`),
      });
      must(client instanceof ReconnectingClient, () => "connect makes a client that comes back");
      this.client = client;
      if (storage !== undefined) this.outgoing.restored(storage.restored, this.torn);
      this.application = new Application(this, client);
    });
    this.torn = false;
  }

  /** The client has lost a connection, and says why. */
  private disconnected({ kind, message, reasonCode }: MqttError): void {
    const { world } = this;
    // What a program without power makes of the bytes it does not get any more.
    if (!this.alive) return;
    world.note(() => `device: disconnected: ${message}`);
    const outrun = kind === "peer" && reasonCode === ReasonCode.RECEIVE_MAXIMUM_EXCEEDED && this.client?.configuration.version === 4;
    if (outrun) world.count("MQTT 3.1.1: connections that ended for want of room for what came at QoS 2");
    must(kind !== "peer" || this.wire.stranger || !message.startsWith("the broker sent"), () => `a broker that keeps to the standard is accused: ${message}`);
  }

  /** Opens the flash as the last power cut has left it. */
  private open(): WatchedStorage | undefined {
    const { geometry } = this.profile;
    const { random } = this.world;
    if (geometry === undefined) return undefined;
    const flash = (this.flash = new FakeFlash(geometry, random, this.flash?.bytes));
    flash.cutAfter = Infinity;
    flash.onOperation = (operation) => this.operates(flash, operation);
    const journal = (this.journal = new Journal(flash, { recordLength: 128, liveRecords: LIVE_RECORDS }));
    const { damaged, foreign } = journal.recovered;
    must(damaged === 0 && !(foreign && this.application?.stored === true), () => `the flash is ${foreign ? "foreign" : `damaged in ${damaged} places`} after a power cut`);
    const { boot } = this;
    return new WatchedStorage(new SessionStore(journal), this.outgoing, () => this.alive && this.boot === boot);
  }

  /** Before every write and erase: the power may go in the middle of it. */
  private operates(flash: FakeFlash, operation: Operation): void {
    const { random } = this.world;
    if (!this.alive || flash !== this.flash || !this.world.fault(this.profile.torn, operation.bytes === undefined ? "power cut in an erase" : "power cut in a write")) return;
    const garbage = operation.bytes === undefined && random.chance(0.5);
    flash.cutAfter = 0;
    flash.tear = { bytes: random.below((operation.bytes?.length ?? 512) + 1), bits: random.chance(0.5) ? random.next() : 0, garbage };
    this.torn = true;
    this.powerLost();
  }

  /** The power goes at a moment without a write. */
  cutPower(): void {
    if (!this.alive) return;
    this.world.injected("power cut");
    if (this.flash !== undefined) this.flash.cutAfter = 0;
    this.powerLost();
  }

  private powerLost(): void {
    this.alive = false;
    this.world.clock.dropTimers();
    this.outgoing.powerLost();
    this.wire.powerLost();
    this.link?.powerLost();
    this.link = undefined;
    this.sockets = 0;
    this.world.clock.after(this.world.between(100, 20_000), () => this.start());
  }

  /** The client is closed as it should be, and the device started anew. */
  close(): void {
    const { application, client } = this;
    if (!this.alive || application === undefined || client === undefined) return;
    this.world.note(() => "device: closes the client");
    application.closing = true;
    this.enter(() => void client.close());
    if (!this.running()) return;
    this.alive = false;
    must(this.sockets === 0 && this.world.clock.timerCount === 0, () => `a closed client leaves ${this.sockets} sockets and ${this.world.clock.timerCount} timers`);
    this.wire.powerLost();
    if (this.flash !== undefined) this.flash.cutAfter = 0;
    this.world.clock.after(1, () => {
      must(this.outgoing.waiting === 0 && application.calls === 0, () => "a closed client leaves calls that are not settled");
      this.outgoing.powerLost();
    });
    this.world.clock.after(this.world.between(100, 3000), () => this.start());
  }

  /** Whether there is power now: it may have gone within a call. */
  private running(): boolean {
    return this.alive;
  }

  enter(action: () => void): void {
    if (!this.alive) return;
    try {
      action();
    } catch (error) {
      if (error instanceof Violation) throw error;
      // Without power nothing happens any more, whatever a program makes of that.
      if (error instanceof PowerCut || !this.running()) return;
      throw new Violation(`something was thrown: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }

  wrote(packet: ClientPacket, link: Link): void {
    if (this.alive) this.wire.wrote(packet, link);
  }

  read(note: Note, link: Link): void {
    if (this.alive) this.wire.read(note, link, this.client?.["session"].established === true);
  }

  closed(link: Link): void {
    if (link.half) this.wire.halfWritten = true;
    this.link = undefined;
    this.sockets--;
  }

  /** See {@link Wire.check}. */
  checkLink(): void {
    const { application, link } = this;
    if (this.alive && link !== undefined) this.wire.check(link, application?.busy === true);
  }

  /** Nothing is under way. */
  get idle(): boolean {
    const session = this.client?.["session"];
    return session !== undefined && session.outgoing.count === 0 && !session.incoming.owed;
  }

  /** What is under way, for a message. */
  get tables(): string {
    const session = this.client?.["session"];
    const outgoing = Array.from({ length: session?.outgoing.count ?? 0 }, (_, i) => session?.outgoing.at(i)).map((exchange) => `${exchange?.identifier ?? 0} in state ${exchange?.state ?? 0}`);
    const incoming = Array.from({ length: session?.incoming.count ?? 0 }, (_, i) => `0x${session?.incoming.entry(i).toString(16) ?? ""}`);
    return [...outgoing, ...incoming].join(", ");
  }

  /** Holds what the client holds against its limits. */
  checkMemory(): void {
    const { client, journal, profile, world } = this;
    if (!this.alive || client === undefined) return;
    const { outgoing, incoming } = client["session"];
    const { inFlight = 0, queue = 0, properties } = profile.options;
    must(outgoing.count <= inFlight + 2, () => `${outgoing.count} exchanges where there is room for ${inFlight + 2}`);
    must(incoming.count <= (properties?.receiveMaximum ?? 0), () => `${incoming.count} received messages are held`);
    must(world.clock.timerCount <= 1 && this.sockets <= 1, () => `${world.clock.timerCount} timers, ${this.sockets} sockets`);
    const queued = client["queue"]?.length ?? 0;
    must(queued <= queue + inFlight + LIVE_RECORDS, () => `${queued} publications are queued`);
    if (journal !== undefined) must(journal.live.count <= LIVE_RECORDS + inFlight + 3, () => `${journal.live.count} records are kept`);
  }

  /** The client makes a socket. */
  socketMade(socket: SimulatedSocket): void {
    const { world } = this;
    const plan = makePlan(world, this.profile);
    const reach = this.reach();
    const link = (socket.link = new Link(world, plan, socket, this, this.broker));
    this.link = link;
    this.sockets++;
    if (reach === Reach.SILENT) {
      link.hush();
      return;
    }
    world.clock.after(1 + world.random.below(2 * plan.latency), () => {
      this.enter(() => {
        if (socket.closed) return;
        if (reach === Reach.CONNECTED) socket.options.onWritable.call(socket, link.room);
        else socket.options.onError.call(socket);
      });
    });
  }

  /** The client asks for the broker's address. */
  resolve(answer: (found: boolean) => void): void {
    const { boot, profile, world } = this;
    world.clock.after(1 + world.random.below(50), () => {
      this.enter(() => {
        if (this.boot === boot) answer(!world.fault(profile.unreachable / 4, "no address for the broker"));
      });
    });
  }

  /** A handler takes a message. */
  handle(message: Message): void | Promise<void> {
    const { boot, profile, world } = this;
    if (!this.alive) return undefined;
    const received = this.incoming.handled(message.payload, message.topic, message.qos, boot);
    if (world.random.chance(profile.refusing)) {
      received.finished++;
      received.refused = true;
      world.count("messages that a handler refused");
      throw new Error("not now");
    }
    if (!world.random.chance(profile.slow)) {
      received.finished++;
      return undefined;
    }
    received.pending++;
    return new Promise((resolve) => {
      world.clock.after(world.between(1, 5000), () => {
        received.pending--;
        received.finished++;
        if (this.alive && this.boot === boot) resolve();
      });
    });
  }
}
