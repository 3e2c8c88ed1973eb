import type { BrokerSession } from "./broker-session.js";
import { PacketStream, type ClientPacket } from "./client-packets.js";
import type { Incoming } from "./incoming-ledger.js";
import type { SimulatedSocket } from "./simulated-io.js";
import type { World } from "./world.js";

/** How a connection behaves, and where it breaks. */
export interface LinkPlan {
  /** Milliseconds one way, at most. */
  readonly latency: number;
  /** Bytes that the device's socket takes before some have left. */
  readonly sendBuffer: number;
  /** Bytes that go at once, at most. */
  readonly segment: number;
  /** So many bytes to the broker or to the device, and it breaks. */
  readonly cutUp: number;
  readonly cutDown: number;
  /** When it breaks nobody is told. */
  readonly silently: boolean;
}

/** The device's end: what is done there happens on its processor. */
export interface DeviceEnd {
  /** Calls the client back. */
  enter(action: () => void): void;
  wrote(packet: ClientPacket, link: Link): void;
  /** The client has read what the broker sent with this note. */
  read(note: Note, link: Link): void;
  closed(link: Link): void;
  /** Looks whether the link has been silent for too long: before that can no longer be seen. */
  checkLink(): void;
}

export interface BrokerEnd {
  /** @param early whether it was begun before the client had read the CONNACK. */
  received(packet: ClientPacket, link: Link, early: boolean): void;
  lost(link: Link): void;
}

/** What a packet of the broker says. */
export interface Note {
  readonly type: number;
  readonly identifier: number;
  readonly reasonCode: number;
  /** CONNACK: Session Present, Server Keep Alive in seconds or 0, and whose session it is about. */
  readonly present?: boolean;
  readonly keepAlive?: number;
  readonly session?: BrokerSession;
  /** PUBLISH at QoS 1 or 2. */
  readonly message?: Incoming;
}

/** One TCP connection: bytes of either side arrive in order, late, in pieces, or not at all. */
export class Link {
  readonly plan: LinkPlan;
  readonly device: DeviceEnd;
  readonly broker: BrokerEnd;
  /** Nothing passes any more. */
  silent = false;
  /** When the device last got or sent something. */
  lastRead: number;
  lastWritten: number;
  /** When it was made. */
  readonly since: number;
  /** The client has read the CONNACK. */
  greeted = false;
  /** Whether since then it could not have sent. */
  blocked = false;
  private readonly world: World;
  private readonly socket: SimulatedSocket;
  private readonly stream = new PacketStream();
  private readonly packets: { readonly packet: ClientPacket; readonly end: number; readonly early: boolean }[] = [];
  /** The packet that is being written was begun before the client had read the CONNACK. */
  private early = true;
  private written = 0;
  private delivered = 0;
  private upAt = 0;
  private upScheduled = false;
  private readonly down: number[] = [];
  private readonly notes: { readonly note: Note; readonly end: number }[] = [];
  private arrived = 0;
  private readCount = 0;
  private downAt = 0;
  private downScheduled = false;
  /** The broker has closed it: what it sent before still arrives. */
  private finished = false;

  constructor(world: World, plan: LinkPlan, socket: SimulatedSocket, device: DeviceEnd, broker: BrokerEnd) {
    this.world = world;
    this.plan = plan;
    this.socket = socket;
    this.device = device;
    this.broker = broker;
    this.since = this.lastRead = this.lastWritten = world.clock.now;
  }

  /** Bytes that the client's socket takes now. */
  get room(): number {
    return this.plan.sendBuffer - (this.written - this.delivered);
  }

  /** Bytes that the client may read now. */
  get unread(): number {
    return this.arrived - this.readCount;
  }

  /** Whether a packet was begun that has no end. */
  get half(): boolean {
    return this.stream.half;
  }

  get closedByDevice(): boolean {
    return this.socket.closed;
  }

  private delay(): number {
    return 1 + this.world.random.below(this.plan.latency);
  }

  /** Bytes that go at once: without trouble as many as there are, or time would not be enough for all. */
  private segment(): number {
    return this.world.troubled ? 1 + this.world.random.below(this.plan.segment) : Infinity;
  }

  /** The client writes. */
  write(data: Uint8Array): void {
    this.device.checkLink();
    this.written += data.length;
    this.lastWritten = this.world.clock.now;
    this.blocked = this.room < 5;
    if (!this.half) this.early = !this.greeted;
    for (const packet of this.stream.take(data)) {
      this.packets.push({ packet, end: this.written, early: this.early });
      this.early = !this.greeted;
      this.device.wrote(packet, this);
    }
    this.pumpUp();
  }

  private pumpUp(): void {
    if (this.upScheduled || this.silent || this.written === this.delivered) return;
    this.upScheduled = true;
    this.upAt = Math.max(this.upAt, this.world.clock.now + this.delay());
    this.world.clock.after(this.upAt - this.world.clock.now, () => this.transferUp());
  }

  private transferUp(): void {
    this.upScheduled = false;
    if (this.silent) return;
    const part = Math.min(this.written - this.delivered, this.segment());
    const cut = this.delivered + part >= this.plan.cutUp && this.world.troubled;
    this.delivered = cut ? Math.max(this.plan.cutUp, this.delivered) : this.delivered + part;
    for (let first = this.packets[0]; first !== undefined && first.end <= this.delivered; first = this.packets[0]) {
      this.packets.shift();
      if (!this.finished) this.broker.received(first.packet, this, first.early);
    }
    if (cut) this.cut("a cut on the way to the broker");
    else if (this.socket.closed) this.pumpUp();
    else {
      this.pumpUp();
      this.device.enter(() => this.socket.options.onWritable.call(this.socket, this.room));
    }
    if (this.socket.closed && this.written === this.delivered) this.loseLater();
  }

  /** The broker sends. */
  send(bytes: readonly number[], note: Note): void {
    if (this.silent || this.finished) return;
    this.down.push(...bytes);
    this.notes.push({ note, end: this.down.length });
    this.pumpDown();
  }

  private pumpDown(): void {
    if (this.downScheduled || this.silent || (this.arrived === this.down.length && !this.finished)) return;
    this.downScheduled = true;
    this.downAt = Math.max(this.downAt, this.world.clock.now + this.delay());
    this.world.clock.after(this.downAt - this.world.clock.now, () => this.transferDown());
  }

  private transferDown(): void {
    this.downScheduled = false;
    if (this.silent || this.socket.closed) return;
    const part = Math.min(this.down.length - this.arrived, this.segment());
    const cut = this.arrived + part >= this.plan.cutDown && this.world.troubled;
    this.arrived = cut ? Math.max(this.plan.cutDown, this.arrived) : this.arrived + part;
    if (part > 0) this.lastRead = this.world.clock.now;
    const ends = this.finished && this.arrived === this.down.length;
    this.pumpDown();
    if (this.unread > 0) this.device.enter(() => this.socket.options.onReadable.call(this.socket, this.unread));
    if (cut) this.cut("a cut on the way to the device");
    else if (ends) this.fail();
  }

  /** The client reads. */
  read(buffer: Uint8Array): void {
    for (let i = 0; i < buffer.length; i++) buffer[i] = this.down[this.readCount++] ?? 0;
    for (let first = this.notes[0]; first !== undefined && first.end <= this.readCount; first = this.notes[0]) {
      this.notes.shift();
      this.device.read(first.note, this);
    }
  }

  /** It breaks here and now. */
  cut(what: string): void {
    if (this.silent) return;
    this.world.injected(this.plan.silently ? `${what}, half-open` : what);
    this.silent = true;
    if (this.plan.silently) return;
    this.loseLater();
    this.world.clock.after(this.delay(), () => this.fail());
  }

  /** Nothing passes, nobody is told. */
  hush(): void {
    this.silent = true;
  }

  /** The broker closes it. */
  finish(): void {
    if (this.finished) return;
    this.finished = true;
    this.pumpDown();
  }

  private fail(): void {
    if (this.socket.closed) return;
    this.device.enter(() => {
      if (!this.socket.closed) this.socket.options.onError.call(this.socket);
    });
  }

  private loseLater(): void {
    this.world.clock.after(this.delay(), () => this.broker.lost(this));
  }

  /** The client closes its socket. */
  close(): void {
    if (this.written === this.delivered && !this.silent) this.loseLater();
    this.device.closed(this);
  }

  /** The device has lost its power: of what was on its way some bytes arrive, and the broker hears nothing more. */
  powerLost(): void {
    this.socket.dead = this.socket.closed = true;
    const part = this.world.random.below(this.written - this.delivered + 1);
    if (this.silent) return;
    this.delivered += part;
    for (const { packet, end, early } of this.packets) if (end <= this.delivered && !this.finished) this.broker.received(packet, this, early);
    this.silent = true;
  }
}
