/** What a simulated device has to offer of ECMA-419's input and output: TCP sockets and a resolver. */
import type { Resolver, Socket, SocketConstructorOptions } from "../../src/client/ecma-419.js";
import type { Link } from "./link.js";
import { must } from "./violation.js";

/** What sockets and resolvers are made on. */
interface Chip {
  socketMade(socket: SimulatedSocket): void;
  /** @param answer is called unless the power goes before. */
  resolve(answer: (found: boolean) => void): void;
}

let chip: Chip | undefined;

/** From now on sockets and resolvers are made on this one: a class for each device would make all code slow that uses them. */
export function makeOn(device: Chip): void {
  chip = device;
}

/** The client's end of a {@link Link}: an ECMA-419 TCP socket that takes the standard at its word. */
export class SimulatedSocket implements Socket {
  format = "number";
  closed = false;
  /** Its device has no power: what a program would still do does not happen. */
  dead = false;
  readonly options: SocketConstructorOptions;
  readonly target: unknown;
  link: Link | undefined;

  constructor(options: SocketConstructorOptions) {
    this.options = options;
    this.target = options.target;
    chip?.socketMade(this);
  }

  read(buffer: Uint8Array): number {
    const { link } = this;
    if (this.dead) return buffer.length;
    must(link !== undefined && !this.closed && this.format === "buffer", () => "read of a socket that is not open");
    must(buffer.length > 0 && buffer.length <= link.unread, () => `read of ${buffer.length} bytes where there are ${link.unread}`);
    link.read(buffer);
    return buffer.length;
  }

  write(data: Uint8Array): number {
    const { link } = this;
    if (this.dead) return data.length;
    must(link !== undefined && !this.closed, () => "write to a socket that is not open");
    must(data.length <= link.room, () => `write of ${data.length} bytes where there is room for ${link.room}`);
    link.write(data);
    return link.room;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.link?.close();
  }
}

/** Finds one address, or none. */
export class SimulatedResolver implements Resolver {
  private closed = false;

  resolve({ host }: { readonly host: string }, callback: (error: unknown, address?: string, host?: string) => void): void {
    chip?.resolve((found) => {
      if (this.closed) return;
      if (found) callback(null, "10.0.0.1", host);
      else callback(new Error("not found"));
    });
  }

  close(): void {
    this.closed = true;
  }
}
