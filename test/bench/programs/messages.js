/**
 * What a message costs. Rounds of `batch` messages run between this device and the sink; what the bench itself does in a round - the
 * request, its answer, the loop - is measured in rounds without messages and subtracted, so that the library's work and the minimal
 * handler remain. The control connection is opened last: the simulator serves sockets in the order in which they were opened, so the
 * client has seen everything that the sink sent before its answer.
 */
import { emit, exit, measure, profile } from "simulator";
import config from "mc/config";
import Time from "time";
import Timer from "timer";
import * as raw from "raw";
import * as subject from "subject";
import { COUNT, Control, GROUP, SEND } from "control";

const { direction, qos, batch, rounds, repeat } = config;
const PAYLOAD = 64;

/** Rounds without a message. */
const nobody = {
  publish(count) {
    while (count-- > 0);
  },
  received: () => 0,
};

class Phase {
  constructor(control, done) {
    this.control = control;
    this.done = done;
    this.step = () => this.next();
    this.again = () => this.next();
    this.begin = () => {
      profile(this.client !== nobody);
      this.start = measure();
      this.startTime = Time.ticks;
      this.next();
    };
    this.polls = 0;
  }

  /** Runs rounds with messages of `client`, or without any if it is `nobody`, and then says what they cost. */
  run(client, connection, count) {
    this.client = client;
    this.connection = connection;
    this.left = count;
    this.expected = client.received();
    this.size = client === nobody ? 0 : batch;
    // A client that reads on from a timer is waited for: equally often without it, so that waiting is subtracted too.
    this.idlePolls = client === nobody ? this.polls : 0;
    if (client !== nobody) this.polls = 0;
    // In a turn of its own: who waits for the end has settled down by then.
    Timer.set(this.begin, 0);
  }

  next() {
    if (this.idlePolls > 0) {
      this.idlePolls--;
      Timer.set(this.again, 0);
      return;
    }
    if (this.client.received() !== this.expected) {
      this.polls++;
      Timer.set(this.again, 0);
      return;
    }
    if (this.left-- === 0) {
      this.finish();
      return;
    }
    if (direction === "publish") {
      this.client.publish(batch);
      this.control.ask(COUNT, this.connection, qos, this.size, this.step);
    } else {
      this.expected += this.size * PAYLOAD;
      this.control.ask(SEND, this.connection, qos, this.size, this.step);
    }
  }

  finish() {
    const { start, startTime } = this;
    const end = measure();
    const time = Time.ticks;
    profile(false);
    this.done({
      bytes: end.slots + end.chunks - start.slots - start.chunks,
      steps: end.steps - start.steps,
      collections: end.collections - start.collections,
      cpu: end.cpu - start.cpu,
      time: time - startTime,
    });
  }
}

const clients = config.raw ? [subject, raw] : [subject];
const names = ["subject", "raw"];

/** Sets every client up, one after the other. */
async function open() {
  for (const client of clients) {
    await new Promise((resolve) => client.open(config.port, resolve));
    if (direction === "publish") client.prepare(qos);
    else await new Promise((resolve) => client.subscribe(qos, resolve));
  }
}

function openControl() {
  return new Promise((resolve) => {
    const control = new Control(config.control, () => resolve(control));
  });
}

profile(false);
await open();
const control = await openControl();
let resolvePhase;
const phase = new Phase(control, (figures) => resolvePhase(figures));

function run(client, connection, count) {
  return new Promise((resolve) => {
    resolvePhase = resolve;
    phase.run(client, connection, count);
  });
}

for (let i = 0; i < clients.length; i++) {
  await new Promise((resolve) => control.ask(GROUP, i, 0, qos > 0 ? batch : 1, resolve));
  await run(clients[i], i, config.warm);
}
await run(nobody, 0, config.warm);
for (let time = 0; time < repeat; time++) {
  for (let i = 0; i < clients.length; i++) {
    emit({ event: names[i], ...(await run(clients[i], i, rounds)) });
    emit({ event: `${names[i]} idle`, ...(await run(nobody, i, rounds)) });
  }
}
exit(0);
