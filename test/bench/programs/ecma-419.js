/** A class of the ECMA-419 MQTT Client Class Pattern (clause 25), with the standard's options and no others. */
import TCP from "embedded:io/socket/tcp";
import Resolver from "embedded:network/dns/resolver/udp";
import config from "mc/config";
import * as module from "client";

const TOPIC = "bench/topic";
const PAYLOAD = 64;
const payload = new Uint8Array(PAYLOAD);
const BLOCK = 512;
const block = new Uint8Array(BLOCK);

// Control Packet Types (MQTT 3.1.1, 2.2.1).
const CONNACK = 2;
const PUBACK = 4;
const SUBSCRIBE = 8;
const SUBACK = 9;
const DISCONNECT = 14;

const Client = module.default ?? module.MQTTClient;

let client;
let buffer;
// Undefined while nobody waits: a function here would be a constant in flash.
let onMore;
let sendMore;
let onMoved;
let options;
let onOperation;
let taken = 0;

function ignore() {
  // Nobody waits for it.
}

/** @throws TypeError if the module has no such class. */
function check() {
  if (typeof Client !== "function") throw new TypeError("the module exports no class, neither as default nor as MQTTClient");
  for (const name of ["write", "read", "close"]) if (typeof Client.prototype?.[name] !== "function") throw new TypeError(`the class has no method ${name}: it is no MQTT client class of ECMA-419`);
}

function onReadable(count) {
  taken += count;
  this.read(count === PAYLOAD ? buffer : count);
}

/** Reads into one buffer as far as that can be filled. */
function onPiece(count) {
  taken += count;
  onMoved?.(count);
  for (; count >= BLOCK; count -= BLOCK) this.read(buffer);
  if (count > 0) this.read(count);
}

function onWritable(count) {
  onMore?.(count);
}

// The standard's class calls with two arguments, the SDK's with one.
function onControl(first, second) {
  onOperation(typeof first === "number" ? first : (second ?? first).operation);
}

function onError() {
  throw new Error("the client reports an error");
}

/** Calls `then` at the next control packet of type `operation`. */
function once(operation, then) {
  onOperation = (each) => {
    if (each === operation) then();
  };
}

export function open(port, onConnected) {
  check();
  buffer = new Uint8Array(PAYLOAD);
  once(CONNACK, onConnected);
  client = new Client({
    host: "127.0.0.1",
    port,
    id: "bench",
    socket: { io: TCP },
    dns: { io: Resolver },
    // Who is not measured at streaming has no need of more.
    onReadable: config.direction === "in" ? onPiece : onReadable,
    onWritable: config.direction === "out" ? onWritable : undefined,
    onControl,
    onError,
  });
}

export function prepare(qos) {
  onOperation = ignore;
  options = { topic: TOPIC, QoS: qos };
}

export function publish(count) {
  while (count-- > 0) client.write(payload, options);
}

export function subscribe(qos, onSubscribed) {
  once(SUBACK, () => {
    onOperation = ignore;
    onSubscribed();
  });
  client.write(null, { operation: SUBSCRIBE, items: [{ topic: TOPIC, QoS: qos }] });
}

/** Bytes of payload so far. */
export const received = () => taken;

/** Makes ready to publish a payload in blocks of 512 bytes. `moved`, if any, is told of each. */
export function prepareStream(byteLength, moved, onDone) {
  let left = byteLength - BLOCK;
  options = { topic: TOPIC, byteLength };
  onOperation = ignore;
  sendMore = (count) => {
    while (left > 0 && count >= BLOCK) {
      count = client.write(block);
      left -= BLOCK;
      moved?.(BLOCK);
    }
    if (left > 0) return;
    onMore = undefined;
    onDone();
  };
}

export function stream() {
  onMore = sendMore;
  onMore(client.write(block, options));
}

/** Takes a payload in pieces of at most 512 bytes. `moved`, if any, is told of them. */
export function streamIn(moved, onSubscribed) {
  buffer = new Uint8Array(BLOCK);
  onMoved = moved;
  subscribe(0, onSubscribed);
}

/** Publishes at QoS 1 as soon as the client allows it. */
export function wake(port, onAcknowledged) {
  open(port, () => {
    once(PUBACK, onAcknowledged);
    client.write(payload, { topic: TOPIC, QoS: 1 });
  });
}

export function close() {
  onOperation = ignore;
  client.write(null, { operation: DISCONNECT });
  client.close();
}
