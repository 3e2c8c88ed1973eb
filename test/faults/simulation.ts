import { Device, Reach } from "./device.js";
import { EXTRA, INCOMING } from "./application.js";
import { IncomingLedger } from "./incoming-ledger.js";
import { ModelBroker, NO_LIMITS } from "./model-broker.js";
import { OutgoingLedger } from "./outgoing-ledger.js";
import { makeLimits, makeProfile, type Profile } from "./profile.js";
import { must, Violation } from "./violation.js";
import { VirtualClock } from "./virtual-clock.js";
import { World, type Counts } from "./world.js";

/** Milliseconds without faults in which everything has to come right. */
const PEACE = 900_000;

/** What happens in one life at most. */
const STEPS = 100_000;

/** Reason Codes of a CONNACK for one who may come later: in MQTT 5.0, and in 3.1.1. */
const REFUSALS = [[0x88, 0x89, 0x97, 0x9f, 0x87], [3, 5]] as const;

/** What a seed came to. */
export interface Outcome {
  readonly seed: number;
  readonly violation: string | undefined;
  readonly counts: Counts;
  /** What happened, where it was asked for. */
  readonly trace: readonly string[];
}

/** One seed: a device, a network and a broker, and what goes wrong with them. */
class Simulation {
  readonly world: World;
  private readonly profile: Profile;
  private readonly outgoing: OutgoingLedger;
  private readonly incoming: IncomingLedger;
  private readonly broker: ModelBroker;
  private readonly device: Device;
  private down = false;
  private steps = 0;
  private callsLeft: number;

  constructor(seed: number, traced: boolean) {
    const world = (this.world = new World(seed, traced));
    const profile = (this.profile = makeProfile(world));
    this.callsLeft = profile.calls;
    this.outgoing = new OutgoingLedger(world);
    this.incoming = new IncomingLedger(world);
    this.broker = new ModelBroker(world, {
      backlog: 30,
      // A session that goes on in MQTT 5.0 has to keep to the Receive Maximum then: what was under way before is beyond what the client promises.
      window: profile.options.version === 4 ? profile.window : (profile.options.properties?.receiveMaximum ?? 0),
      refusal: (version) => this.refusal(version),
      // What the quota does shows in the end: nothing that was published is above the other limits then.
      limits: () => (world.troubled ? makeLimits(world, profile) : { ...NO_LIMITS, receiveMaximum: world.between(1, 8) }),
      hesitation: () => (world.troubled ? world.random.below(profile.hesitation + 1) : 0),
      refuses: ({ tag }) => profile.refusedMessages > 0 && tag % profile.refusedMessages === 1 && this.outgoing.all[tag]?.time === 0,
    }, this.outgoing, this.incoming);
    this.device = new Device(world, profile, this.outgoing, this.incoming, this.broker, () => this.reach());
    if (world.random.chance(0.1)) this.broker.newest = 4;
  }

  private refusal(version: number): number {
    const codes = REFUSALS[version === 5 ? 0 : 1];
    return this.world.fault(this.profile.refused, "a CONNACK that refuses") ? (codes[this.world.random.below(codes.length)] ?? 3) : 0;
  }

  private reach(): number {
    if (this.down) return Reach.REFUSED;
    if (!this.world.fault(this.profile.unreachable, "no connection to the broker")) return Reach.CONNECTED;
    return this.world.random.chance(0.5) ? Reach.SILENT : Reach.REFUSED;
  }

  /** Runs to the end. @throws Violation */
  async run(): Promise<void> {
    const { device, profile, world } = this;
    const { clock } = world;
    world.note(() => JSON.stringify(profile));
    device.start();
    this.keepActing();
    this.keepPublishing();
    this.keepBreaking();
    while (this.callsLeft > 0 || !device.alive) await this.step();
    world.note(() => "peace");
    world.troubled = false;
    this.restart(true, 0);
    this.broker.newest = 5;
    const end = clock.now + PEACE;
    while (!this.quiet && clock.now < end) await this.step();
    must(this.quiet, () => `after ${PEACE / 1000} s without faults ${this.unfinished()}`);
    this.finish();
  }

  private async step(): Promise<void> {
    must(this.steps++ < STEPS, () => `${STEPS} things happened: the device goes in circles`);
    this.world.clock.step(Infinity);
    // What was promised settles.
    for (let i = 0; i < 4; i++) await Promise.resolve();
    const violation = Violation.first();
    if (violation !== undefined) throw violation;
    this.device.checkLink();
    this.device.checkMemory();
  }

  /** The application does something now and then. */
  private keepActing(): void {
    const { device, profile, world } = this;
    world.clock.after(world.between(1, profile.pause), () => {
      device.enter(() => device.application?.act());
      if (--this.callsLeft > 0) this.keepActing();
      else this.keepSending();
    });
  }

  /** Readings that wait are sent to the end. */
  private keepSending(): void {
    const { device, world } = this;
    world.clock.after(500, () => {
      device.enter(() => device.application?.sendReadings());
      this.keepSending();
    });
  }

  /** Others publish to the device. */
  private keepPublishing(): void {
    const { profile, world } = this;
    world.clock.after(world.between(1, 2 * profile.pause), () => {
      if (!this.down) this.broker.publish(INCOMING[world.random.below(3)] ?? "", 2 + world.random.below(50));
      if (this.callsLeft > 0) this.keepPublishing();
    });
  }

  private keepBreaking(): void {
    const { profile, world } = this;
    world.clock.after(world.between(1, profile.calm), () => {
      if (this.callsLeft <= 0) return;
      if (world.random.chance(profile.trouble)) this.break();
      this.keepBreaking();
    });
  }

  /** Something goes wrong. */
  private break(): void {
    const { broker, device, world } = this;
    const { random } = world;
    switch (random.below(7)) {
      case 0: device.cutPower(); break;
      case 1: {
        const keeps = random.chance(0.6);
        world.injected(keeps ? "broker restart" : "broker restart without its sessions");
        if (random.chance(0.2)) {
          broker.newest = broker.newest === 5 ? 4 : 5;
          world.injected(`broker of MQTT ${broker.newest === 5 ? "5.0" : "3.1.1 only"}`);
        }
        this.restart(keeps, world.between(0, 20_000));
        break;
      }
      case 2:
        if (broker.conversation !== undefined) world.injected("takeover by another client");
        broker.takeOver();
        break;
      case 3: device.link?.cut("a cut between two packets"); break;
      case 4:
        if (device.link !== undefined) world.injected("half-open connection");
        device.link?.hush();
        break;
      case 5: if (random.chance(0.3)) device.close(); break;
      default: device.link?.cut("a cut between two packets"); break;
    }
  }

  private restart(keeps: boolean, absence: number): void {
    this.broker.stop(keeps);
    this.down = true;
    this.world.clock.after(absence, () => (this.down = false));
  }

  /** Everything that was begun has come to its end. */
  private get quiet(): boolean {
    const { broker, device, outgoing } = this;
    return device.alive && device.client?.connected !== undefined && broker.conversation !== undefined && outgoing.waiting === 0 && outgoing.undelivered === 0 && device.application?.calls === 0
      && device.readings.count === 0 && (broker.session?.deliveries.length ?? 0) === 0 && device.idle;
  }

  private unfinished(): string {
    const { broker, device, outgoing } = this;
    const missing = outgoing.all.filter(({ accepted, arrivals, ended, failed, kept }) => (accepted && !ended) || (kept && arrivals === 0 && !failed)).map(({ tag }) => tag);
    return [
      device.client?.connected === undefined ? "there is no connection" : "",
      missing.length > 0 ? `messages ${missing.join()} have no end` : "",
      device.application?.calls ? `${device.application.calls} calls are not settled` : "",
      device.readings.count > 0 ? `${device.readings.count} readings were not sent` : "",
      broker.session?.deliveries.length ? `${broker.session.deliveries.length} messages for the device are under way` : "",
      device.idle ? "" : `the session's tables are not empty: ${device.tables}`,
    ].filter((part) => part !== "").join(", ");
  }

  private finish(): void {
    const held = this.broker.session?.subscriptions;
    const deaf = INCOMING.filter((filter, qos) => held?.get(filter) !== qos);
    must(deaf.length === 0, () => `the device listens to ${deaf.join()}, and the broker does not know it`);
    must(this.device.application?.extra !== true || held?.has(EXTRA) === true, () => `the device listens to ${EXTRA}, and the broker does not know it`);
    for (const { tag, accepted, arrivals, doubtful, failed, qos, refused, rejected, durable, boot } of this.outgoing.all) {
      // The promise as a whole, once more: what was taken and did not fail has arrived; at QoS 2 once.
      const lost = accepted && !failed && !refused && arrivals === 0 && qos > 0 && (durable || boot === this.device.boot);
      must(!lost && !(rejected && arrivals > 0) && (qos === 1 || arrivals <= 1) && !doubtful, () => `lost or doubled: message ${tag} arrived ${arrivals} times`);
    }
    this.world.count("virtual seconds", Math.round(this.world.clock.now / 1000));
  }
}

/** Runs one seed. Whatever goes wrong in it is in what it returns. */
export async function simulate(seed: number, traced = false): Promise<Outcome> {
  Violation.forget();
  const simulation = new Simulation(seed, traced);
  const { world } = simulation;
  const undo = VirtualClock.install(world.clock, () => world.random.next());
  const { stackTraceLimit } = Error;
  // Errors are a good part of a node's life; where they come from only somebody who reads the trace wants to know.
  if (!traced) Error.stackTraceLimit = 0;
  let violation: string | undefined;
  try {
    await simulation.run();
  } catch (error) {
    // The first is what matters: others may follow from it.
    violation = Violation.first()?.message ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    undo();
  }
  return { seed, violation, counts: world.counts, trace: world.trace ?? [] };
}
