/**
 * 1 MiB out or in, through the client's default buffers: what memory is in use on the way, more than when idle with a topic or a
 * subscription, and the steps. Memory is looked at after a collection every 64 KiB, in a run of its own (`sample`). Coming in, the payload
 * arrives a segment at a time, and what asking for the segments costs is measured without them and subtracted. Functions are exported so
 * that they stay: see memory.js.
 */
import { collect, emit, exit, measure } from "simulator";
import config from "mc/config";
import Timer from "timer";
import { open, prepareStream, received, stream, streamIn } from "subject";
import { inUse } from "in-use";
import { Control, STREAM } from "control";

const MEBIBYTE = 1 << 20;
const SAMPLE = 1 << 16;
/** More than 1 MiB has segments. */
const REQUESTS = 740;

let control;
let idle;
let highest;
let next = SAMPLE;
let done = 0;
let asked;
let start;
let middle;

/** A sample once in a while, for whoever moves `count` bytes. */
export function moved(count) {
  done += count;
  if (done < next) return;
  next += SAMPLE;
  const used = inUse();
  if (used > highest) highest = used;
}

export function finish(steps) {
  emit({ event: "stream", bytes: highest - idle, steps });
  exit(0);
}

export function begin() {
  idle = highest = inUse();
  start = measure().steps;
  if (config.direction === "out") stream();
  else ask();
}

export function streamedOut() {
  finish(measure().steps - start);
}

function incomplete() {
  return (config.sample ? done : received()) < MEBIBYTE;
}

/** Asks for all segments, and then as often for none. */
export function ask() {
  asked = 0;
  request();
}

export function request() {
  if (asked++ < REQUESTS) control.ask(STREAM, 0, 0, incomplete() ? 1 : 0, request);
  else if (middle === undefined) {
    middle = measure().steps;
    ask();
  } else finish(middle - start - (measure().steps - middle));
}

export function collected() {
  collect();
  Timer.set(begin, 0);
}

export function ready() {
  Timer.set(collected, 0);
}

export function onConnected() {
  const told = config.sample ? moved : undefined;
  if (config.direction === "in") streamIn(told, onSubscribed);
  else {
    prepareStream(MEBIBYTE, told, streamedOut);
    ready();
  }
}

export function onSubscribed() {
  control = new Control(config.control, ready);
}

open(config.port, onConnected);
