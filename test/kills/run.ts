import { setTimeout } from "node:timers/promises";
import { Random } from "../storage/random.js";
import { accounts, type Accounts, Books } from "./books.js";
import { Device } from "./device.js";
import { FaultyWay } from "./faulty-way.js";
import { Publisher, Subscriber } from "./peers.js";
import { SavingBroker } from "./saving-broker.js";

/** Milliseconds from one message to the next, in each direction. */
const INTERVAL = 15;
/** Milliseconds of real time after which what has not come is taken for lost. */
const PATIENCE = 30_000;

const FAULTS = ["cut", "stall", "delay", "throttle"] as const;
type Fault = typeof FAULTS[number];

/** What a run has shown. */
export interface Result {
  readonly seed: number;
  readonly kills: { readonly device: number; readonly broker: number };
  readonly faults: Readonly<Record<Fault, number>>;
  readonly mosquitto: string;
  readonly seconds: number;
  readonly fromDevice: Accounts;
  readonly toDevice: Accounts;
  /** QoS 2 messages that the device got again after its power was cut with the handler of that message at work. */
  readonly interrupted: number;
  /** What was seen on the wire of each QoS 2 message that mosquitto sent the device again after its PUBREL: see witness.ts. It counts as arrived once. */
  readonly brokerRepeats: readonly (readonly string[])[];
  /** Kills of the device that left a write of flash torn. */
  readonly torn: number;
  /** The device's connections at which mosquitto had its session, and those at which it had not: the very first. */
  readonly connections: { readonly resumed: number; readonly fresh: number };
  /** Places on flash that a restart found damaged. */
  readonly damaged: number;
  /** Publications that the device refused for want of room: they do not count as accepted. */
  readonly refused: number;
  /** What the device reported, and anything that kept the run from its end. */
  readonly errors: readonly string[];
}

/** Waits for what other processes bring about. @returns whether it came. */
async function comes(condition: () => boolean): Promise<boolean> {
  const end = Date.now() + PATIENCE;
  while (!condition()) {
    if (Date.now() > end) return false;
    await setTimeout(5);
  }
  return true;
}

/** A device and mosquitto over a bad link, and who is killed when. */
class Trial {
  readonly kills = { device: 0, broker: 0 };
  torn = 0;
  readonly faults = { cut: 0, stall: 0, delay: 0, throttle: 0 };
  private readonly random: Random;
  private readonly books: Books;
  private readonly broker: SavingBroker;
  private readonly link: FaultyWay;
  private readonly device: Device;
  /** Connections at the last kill. */
  private seen = 0;

  constructor(seed: number, books: Books, broker: SavingBroker, link: FaultyWay, device: Device) {
    this.random = new Random(seed);
    this.books = books;
    this.broker = broker;
    this.link = link;
    this.device = device;
  }

  private get online(): number {
    const { resumed, fresh } = this.books.connections;
    return resumed + fresh;
  }

  /** The device has its subscriptions and its session, which mosquitto saves only of clients that have come back to it. */
  async settleIn(): Promise<void> {
    if (!(await comes(() => this.books.connections.fresh === 1))) throw new Error("the device does not connect");
    await setTimeout(200);
    this.link.cut();
    this.link.heal();
    if (!(await comes(() => this.books.connections.resumed === 1))) throw new Error("the device does not come back");
  }

  /** Whatever the device is at: mostly some time after it has come back, or while it does. */
  async kill(): Promise<void> {
    const { random } = this;
    if (random.chance(0.75) && !(await comes(() => this.online > this.seen))) throw new Error("the device does not come back");
    await setTimeout(random.below(400));
    if (random.chance(0.6)) await this.disturb(FAULTS[random.below(FAULTS.length)] ?? "cut");
    this.seen = this.online;
    if (random.chance(0.5)) await this.killDevice();
    else await this.killBroker();
  }

  private async disturb(fault: Fault): Promise<void> {
    const { link, random } = this;
    this.faults[fault]++;
    if (fault === "cut") link.cut();
    else if (fault === "stall") link.stall();
    else if (fault === "delay") link.delay = 5 + random.below(50);
    else link.rate = 500 + random.below(4000);
    await setTimeout(random.below(300));
    // As often it is still so when somebody is killed.
    if (random.chance(0.5)) link.heal();
  }

  private async killDevice(): Promise<void> {
    this.kills.device++;
    const code = await this.device.end("SIGKILL");
    if (code !== null) throw new Error(`the device ended by itself: exit code ${code}`);
    this.books.cut();
    if (await this.device.isTorn()) this.torn++;
    this.link.heal();
    await setTimeout(this.random.below(100));
    await this.device.start();
  }

  private async killBroker(): Promise<void> {
    this.kills.broker++;
    await this.broker.kill(this.random.below(200));
    this.link.heal();
  }
}

export interface RunOptions {
  readonly kills: number;
  /** Who is killed when, and what the link does. */
  readonly seed: number;
  /** Told after each kill. */
  readonly onKill?: (kill: number) => void;
}

/** Kills so often, then lets everything come to an end, and tells what became of the messages. */
export async function run({ kills, seed, onKill }: RunOptions): Promise<Result> {
  const started = Date.now();
  const books = new Books();
  const broker = await SavingBroker.start();
  const ways = await Promise.all([1, 2, 3].map(() => FaultyWay.open(broker.port, () => broker.saved())));
  const [link, toSubscriber, toPublisher] = ways;
  if (!link || !toSubscriber || !toPublisher) throw new Error("three ways were asked for");
  link.witness = books.witness;
  const device = await Device.create(link.url, INTERVAL, (event) => books.enter(event));
  const trial = new Trial(seed, books, broker, link, device);
  const subscriber = await Subscriber.connect(toSubscriber.url, books.fromDevice);
  const publisher = await Publisher.connect(toPublisher.url, books.toDevice);
  try {
    await device.start();
    await trial.settleIn();
    publisher.start(INTERVAL);
    for (let kill = 1; kill <= kills; kill++) {
      await trial.kill();
      onKill?.(kill);
    }
    link.heal();
    publisher.stop();
    const errors = [...books.errors];
    if (!(await comes(() => publisher.done))) errors.push("the publisher's messages were not acknowledged");
    await comes(() => books.toDevice[1].complete && books.toDevice[2].complete);
    if (!(await device.finish(PATIENCE))) errors.push("the device still keeps messages");
    await comes(() => books.fromDevice[1].complete && books.fromDevice[2].complete);
    publisher.mark();
    if (!(await comes(() => subscriber.marked))) errors.push("the subscriber does not get the last message");
    return {
      seed, kills: trial.kills, faults: trial.faults, mosquitto: broker.version, seconds: Math.round((Date.now() - started) / 1000),
      fromDevice: accounts(books.fromDevice), toDevice: accounts(books.toDevice),
      interrupted: books.interrupted, brokerRepeats: books.brokerRepeats, torn: trial.torn, connections: books.connections, damaged: books.damaged, refused: books.refused, errors,
    };
  } finally {
    publisher.stop();
    await Promise.all([device.dispose(), publisher.end(), subscriber.end()]);
    for (const way of ways) way.close();
    await broker.stop();
  }
}
