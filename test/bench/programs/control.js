/** Tells the sink what to do: four bytes a request, one byte an answer. Allocates nothing per request. */
import TCP from "embedded:io/socket/tcp";

export const COUNT = 1;
export const SEND = 2;
export const STREAM = 3;
export const GROUP = 4;

export class Control {
  /** Calls `onOpen` when requests can be made. */
  constructor(port, onOpen) {
    this.request = new Uint8Array(4);
    this.answer = new Uint8Array(1);
    this.opened = false;
    this.socket = new TCP({
      address: "127.0.0.1",
      port,
      noDelay: true,
      onWritable: () => {
        if (this.opened) return;
        this.opened = true;
        onOpen();
      },
      onReadable: () => {
        this.socket.read(this.answer);
        this.onAnswer();
      },
    });
  }

  /** Asks, and calls `onAnswer` when the sink has done it. */
  ask(operation, connection, qos, count, onAnswer) {
    const { request } = this;
    request[0] = operation;
    request[1] = connection;
    request[2] = qos;
    request[3] = count;
    this.onAnswer = onAnswer;
    this.socket.write(request);
  }
}
