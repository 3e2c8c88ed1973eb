import { EventEmitter, once } from "node:events";
import type { StreamSocket } from "../../../boards/node/stream-socket.js";

type Call = { readonly name: "readable" | "writable"; readonly count: number } | { readonly name: "error"; readonly message: string };

/** Callbacks for a socket that record how they were called, in order. */
export class Probe {
  readonly #emitter = new EventEmitter();
  readonly #calls: Call[] = [];
  /** True while the test is inside a public method of the socket: no callback may come then. */
  busy = false;
  readonly violations: string[] = [];
  /** `this` of every callback. */
  readonly instances = new Set<StreamSocket>();

  readonly callbacks = (() => {
    const record = (instance: StreamSocket, call: Call): void => this.#record(instance, call);
    return {
      onReadable(this: StreamSocket, count: number): void {
        record(this, { name: "readable", count });
      },
      onWritable(this: StreamSocket, count: number): void {
        record(this, { name: "writable", count });
      },
      onError(this: StreamSocket, error: Error): void {
        record(this, { name: "error", message: error.message });
      },
    };
  })();

  /** Calls a public method of the socket, noting callbacks that come from inside it. */
  inside<T>(method: () => T): T {
    this.busy = true;
    try {
      return method();
    } finally {
      this.busy = false;
    }
  }

  /** The next call of any callback. */
  async next(): Promise<Call> {
    for (;;) {
      const call = this.#calls.shift();
      if (call) return call;
      await once(this.#emitter, "call");
    }
  }

  /** Calls that nobody has taken with `next`. */
  get left(): readonly Call[] {
    return this.#calls;
  }

  #record(instance: StreamSocket, call: Call): void {
    if (this.busy) this.violations.push(call.name);
    this.instances.add(instance);
    this.#calls.push(call);
    this.#emitter.emit("call");
  }
}
