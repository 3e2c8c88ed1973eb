/** `embedded:io/smbus`: registers of a device on an I²C bus. */
import I2C from "embedded:io/i2c";

function toBytes(data) {
  if (!ArrayBuffer.isView(data))
    return new Uint8Array(data);
  if (data.BYTES_PER_ELEMENT > 1)
    throw new TypeError("data must be bytes");
  return data;
}

export default class SMBus {
  #bus;
  #stop;
  #bytes = new Uint8Array(3);
  #word = this.#bytes.subarray(0, 2);
  #byte = this.#bytes.subarray(0, 1);

  constructor(options) {
    this.#bus = new I2C(options);
    this.#stop = Boolean(options.stop);
  }
  close() {
    this.#bus?.close();
    this.#bus = undefined;
  }
  #open() {
    if (this.#bus === undefined)
      throw new Error("closed");
    return this.#bus;
  }
  #select(register) {
    const bus = this.#open();
    this.#byte[0] = register;
    bus.write(this.#byte, this.#stop);
    return bus;
  }

  readUint8(register) {
    this.#select(register).read(this.#byte);
    return this.#byte[0];
  }
  readUint16(register, bigEndian) {
    const word = this.#word;
    this.#select(register).read(word);
    return bigEndian ? (word[0] << 8) | word[1] : (word[1] << 8) | word[0];
  }
  readBuffer(register, buffer) {
    return this.#select(register).read(buffer);
  }
  writeUint8(register, value) {
    this.#word[0] = register;
    this.#word[1] = value;
    this.#open().write(this.#word);
  }
  writeUint16(register, value, bigEndian) {
    this.#bytes[0] = register;
    this.#bytes[bigEndian ? 1 : 2] = value >> 8;
    this.#bytes[bigEndian ? 2 : 1] = value;
    this.#open().write(this.#bytes);
  }
  writeBuffer(register, buffer) {
    const source = toBytes(buffer);
    const data = new Uint8Array(1 + source.length);
    data[0] = register;
    data.set(source, 1);
    this.#open().write(data);
  }
  sendByte(command) {
    this.#byte[0] = command;
    this.#open().write(this.#byte);
  }
  receiveByte() {
    this.#open().read(this.#byte);
    return this.#byte[0];
  }
  readQuick() {
    this.#open().read(0);
  }
  writeQuick() {
    this.#open().write(new ArrayBuffer(0));
  }

  read(count, stop = true) {
    return this.#open().read(count, stop);
  }
  write(buffer, stop = true) {
    return this.#open().write(buffer, stop);
  }
  writeRead(buffer, count, stop = true) {
    return this.#open().writeRead(buffer, count, stop);
  }
  get format() {
    return "buffer";
  }
  set format(value) {
    if (value !== "buffer")
      throw new RangeError("format must be \"buffer\"");
  }
}
