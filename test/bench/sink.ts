/**
 * The other side of the benchmarks: an MQTT server that only counts and acknowledges, and sends what it is told to. It is told on a
 * connection of its own, by requests of four bytes, each of which it answers with one byte; so the program under measurement knows when
 * everything has been received, and every burst reaches it as one piece.
 */
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { PacketReader, type Packet } from "./packet-reader.js";

/** What a request asks for: its first byte. The others: number of the connection, QoS, count. */
export const Request = {
  /** Answer when `count` further publications have come and have been acknowledged. */
  COUNT: 1,
  /** Send `count` messages in one write; answer when they are acknowledged. */
  SEND: 2,
  /** Send the next segment of a message of 1 MiB; answer at once. */
  STREAM: 3,
  /** From now on write acknowledgements in groups of `count`; answer at once. */
  GROUP: 4,
} as const;

/** What every message carries. */
export const TOPIC = "bench/topic";
/** Bytes of payload of every message but the stream. */
export const PAYLOAD = 64;
/** Bytes of the stream. */
export const MEBIBYTE = 1 << 20;
/** Bytes of one segment of TCP, as an ESP32 gets them. */
const SEGMENT = 1436;

const Type = { CONNECT: 1, CONNACK: 2, PUBLISH: 3, PUBACK: 4, PUBREC: 5, PUBREL: 6, PUBCOMP: 7, SUBSCRIBE: 8, SUBACK: 9, PINGREQ: 12, PINGRESP: 13, DISCONNECT: 14 } as const;

function variableByteInteger(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...variableByteInteger(value >> 7)];
}

function packet(type: number, flags: number, ...body: number[]): Buffer {
  return Buffer.from([(type << 4) | flags, ...variableByteInteger(body.length), ...body]);
}

/** Properties of a CONNACK: a client without a name gets one, as long as those that mosquitto gives (MQTT 5.0, 3.2.2.3.7). */
function connackProperties(connect: Buffer): number[] {
  const properties = connect[10] ?? 0;
  if (connect.readUInt16BE(11 + properties) > 0) return [0];
  const name = Buffer.from(`auto-${"0".repeat(36)}`);
  return [3 + name.length, 0x12, 0, name.length, ...name];
}

/** One MQTT client, as the sink sees it. */
class Connection {
  readonly #socket: Socket;
  readonly #reader = new PacketReader((received) => this.#take(received));
  #version = 4;
  #granted = 0;
  /** Publications that are received and, where QoS asks for it, acknowledged. */
  #done = 0;
  #counting: { count: number; answer: () => void } | undefined;
  #group = 1;
  #gathered: Buffer[] = [];
  #identifier = 0;
  #unacknowledged = 0;
  #acknowledged: () => void = () => undefined;
  #streamed = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (data) => this.#reader.read(data)).on("error", () => socket.destroy());
  }

  handle(request: Buffer, answer: () => void): void {
    const [operation, , qos = 0, count = 0] = request;
    if (operation === Request.COUNT) {
      this.#counting = { count, answer };
      this.#count();
    } else if (operation === Request.SEND && count > 0) this.#send(qos, count, answer);
    else {
      if (operation === Request.STREAM && count > 0) this.#stream();
      else if (operation === Request.GROUP) this.#group = count;
      answer();
    }
  }

  #count(): void {
    if (this.#counting === undefined || this.#done < this.#counting.count) return;
    const { count, answer } = this.#counting;
    this.#done -= count;
    this.#counting = undefined;
    answer();
  }

  /** A PUBLISH without its payload. */
  #header(qos: number, length: number): Buffer {
    this.#identifier = (this.#identifier % 0xffff) + 1;
    const body = [0, TOPIC.length, ...Buffer.from(TOPIC), ...qos > 0 ? [this.#identifier >> 8, this.#identifier & 0xff] : [], ...this.#version === 5 ? [0] : []];
    return Buffer.from([(Type.PUBLISH << 4) | (qos << 1), ...variableByteInteger(body.length + length), ...body]);
  }

  #send(qos: number, count: number, answer: () => void): void {
    const messages = Array.from({ length: count }, () => [this.#header(qos, PAYLOAD), Buffer.alloc(PAYLOAD, "x")]).flat();
    this.#socket.write(Buffer.concat(messages));
    if (qos === 0) answer();
    else {
      this.#unacknowledged = count;
      this.#acknowledged = answer;
    }
  }

  #stream(): void {
    const header = this.#streamed === 0 ? this.#header(0, MEBIBYTE) : Buffer.alloc(0);
    const length = Math.min(SEGMENT - header.length, MEBIBYTE - this.#streamed);
    this.#streamed = (this.#streamed + length) % MEBIBYTE;
    this.#socket.write(Buffer.concat([header, Buffer.alloc(length, "x")]));
  }

  /** Writes acknowledgements a group at a time. */
  #acknowledge(acknowledgement: Buffer): boolean {
    this.#gathered.push(acknowledgement);
    if (this.#gathered.length < this.#group) return false;
    this.#socket.write(Buffer.concat(this.#gathered));
    this.#gathered = [];
    return true;
  }

  #take({ type, flags, identifier, body }: Packet): void {
    const id = [identifier >> 8, identifier & 0xff];
    switch (type) {
      case Type.CONNECT:
        this.#version = body[6] ?? 4;
        this.#socket.write(packet(Type.CONNACK, 0, 0, 0, ...this.#version === 5 ? connackProperties(body) : []));
        break;
      case Type.SUBSCRIBE:
        // One filter a packet; its options are the last byte.
        this.#granted = (body.at(-1) ?? 0) & 3;
        this.#socket.write(packet(Type.SUBACK, 0, ...id, ...this.#version === 5 ? [0] : [], this.#granted));
        break;
      case Type.PUBLISH:
        this.#published((flags >> 1) & 3, id);
        break;
      case Type.PUBREL:
        if (this.#acknowledge(packet(Type.PUBCOMP, 0, ...id))) this.#finish();
        break;
      case Type.PUBREC:
        this.#acknowledge(packet(Type.PUBREL, 2, ...id));
        break;
      case Type.PUBACK:
      case Type.PUBCOMP:
        if (--this.#unacknowledged === 0) this.#acknowledged();
        break;
      case Type.PINGREQ:
        this.#socket.write(packet(Type.PINGRESP, 0));
        break;
      case Type.DISCONNECT:
        this.#socket.end();
        break;
    }
  }

  #published(qos: number, id: readonly number[]): void {
    if (qos === 0) {
      this.#done++;
      this.#count();
    } else if (this.#acknowledge(packet(qos === 1 ? Type.PUBACK : Type.PUBREC, 0, ...id)) && qos === 1) this.#finish();
  }

  #finish(): void {
    this.#done += this.#group;
    this.#count();
  }
}

async function listen(onSocket: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ noDelay: true }, onSocket);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** A running sink. */
export interface Sink {
  /** Where it speaks MQTT. Clients are numbered from 0 in the order in which they come, since the last reset. */
  readonly port: number;
  /** Where it takes requests. */
  readonly control: number;
  /** Forgets its clients. */
  reset(): void;
  close(): void;
}

/** Starts a sink on two free ports of the loopback interface. */
export async function startSink(): Promise<Sink> {
  let connections: Connection[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => void sockets.add(socket.once("close", () => sockets.delete(socket)));
  const mqtt = await listen((socket) => {
    keep(socket);
    connections.push(new Connection(socket));
  });
  const control = await listen((socket) => {
    let pending: Buffer = Buffer.alloc(0);
    keep(socket);
    socket.on("error", () => socket.destroy()).on("data", (data) => {
      pending = Buffer.concat([pending, data]);
      for (; pending.length >= 4; pending = pending.subarray(4))
        connections[pending[1] ?? 0]?.handle(pending.subarray(0, 4), () => socket.write(Buffer.of(1)));
    });
  });
  return {
    port: portOf(mqtt),
    control: portOf(control),
    reset: () => (connections = []),
    close() {
      for (const socket of sockets) socket.destroy();
      mqtt.close();
      control.close();
    },
  };
}
