/** What u8-mqtt expects of a browser, over what an XS host has. */
import Timer from "timer";

globalThis.TextEncoder = class {
  encode(text) {
    return new Uint8Array(ArrayBuffer.fromString(text));
  }
};
globalThis.TextDecoder = class {
  decode(bytes) {
    return String.fromArrayBuffer(bytes.slice().buffer);
  }
};
globalThis.setInterval = (callback, milliseconds) => Timer.repeat(callback, milliseconds);
globalThis.clearInterval = (timer) => {
  if (timer !== undefined) Timer.clear(timer);
};
globalThis.console = {
  info() {
    // The connection's events are not shown.
  },
  warn(...values) {
    globalThis.trace(`${values.join(" ")}\n`);
  },
};
