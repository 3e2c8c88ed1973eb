/** Feeds a client what a server sends, while its owner does what it likes, and looks at all that it does. */
import { FuzzClient } from "./client.js";
import { ExpectationReader } from "./expectation-reader.js";
import { Owner } from "./owner.js";
import type { Random } from "./random.js";
import { ServerView } from "./server-view.js";
import type { Settings } from "./settings.js";

/** Tells what is wrong with all that a client sent over one connection. */
export type OutputCheck = (output: Uint8Array) => string | undefined;

/** How often an owner that waits for the end makes room and lets go of what it holds. */
const PATIENCE = 60;

/** Callbacks and writes that bytes may cause, and those that they may cause each. */
const TURNS = 3000;
const TURNS_A_BYTE = 60;

/** Plays one connection to its end, the same for any chunks: what the owner does depends on how many bytes have come. */
function play(client: FuzzClient, owner: Owner, bytes: Uint8Array, chunk: (() => number) | undefined): void {
  const { random, settings, view } = client;
  const reader = view === undefined ? undefined : new ExpectationReader(client, view, bytes);
  let position = 0;
  const feedTo = (end: number): void => {
    while (position < end && client.alive && !client.connection.paused) {
      position += client.feed(bytes, position, Math.min(end, position + (reader?.before(position) ?? chunk?.() ?? 1)));
      client.look();
      reader?.after(position - 1);
    }
  };
  for (let next = 0; next < bytes.length && client.alive; ) {
    next = Math.min(bytes.length, next + 1 + random.below(2 * settings.pace));
    feedTo(next);
    owner.act();
    client.look();
    feedTo(next);
  }
  for (let i = 0; i < PATIENCE && client.alive && (position < bytes.length || client.connection.paused); i++) {
    owner.drain();
    client.look();
    feedTo(bytes.length);
    client.connection.release(0, client.now);
    client.look();
    feedTo(bytes.length);
  }
}

/** One run of a case. @param chunk how many bytes come next; not where a view decides that. */
function run(wires: readonly Uint8Array[], settings: Settings, behaviour: Random, poison: number, chunk: (() => number) | undefined, view: ServerView | undefined): FuzzClient {
  const size = wires.reduce((length, wire) => length + wire.length, 0);
  const client = new FuzzClient(settings, behaviour, poison, TURNS + TURNS_A_BYTE * size, view);
  const owner = new Owner(client);
  for (const wire of wires) {
    if (client.outputs.length > 0) {
      if (client.alive) client.cut();
      client.look();
      view?.reconnected();
    }
    client.connect();
    client.look();
    play(client, owner, wire, chunk);
    client.checkGuards();
    if (client.wrong !== undefined) break;
  }
  return client;
}

/**
 * Checks one case: byte by byte against what a server knows, then in chunks, which must change nothing.
 * @param behaviour makes the numbers that the owner decides by, the same each time.
 * @returns what was violated.
 */
export function checkConnection(wires: readonly Uint8Array[], settings: Settings, behaviour: () => Random, random: Random, check: OutputCheck | undefined): string | undefined {
  const client = run(wires, settings, behaviour(), 0x00, undefined, new ServerView(settings));
  if (client.wrong !== undefined) return client.wrong;
  for (const output of client.outputs) {
    const wrong = check?.(new Uint8Array(output));
    if (wrong !== undefined) return wrong;
  }
  if (settings.loose) return undefined;
  const most = random.pick([3, 20, 1000]);
  const other = run(wires, settings, behaviour(), 0xff, () => 1 + random.below(most), undefined);
  if (other.wrong !== undefined) return other.wrong;
  const line = client.log.findIndex((each, i) => each !== other.log[i]);
  if (line >= 0 || client.log.length !== other.log.length) return `what is told depends on the chunks: "${client.log.at(line) ?? ""}", or "${other.log.at(line) ?? ""}"`;
  return client.outputs.join() === other.outputs.join() ? undefined : "what is sent depends on the chunks";
}
