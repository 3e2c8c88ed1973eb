/** `embedded:storage/flash`: a NOR partition named "storage", 64 KiB in blocks of 4,096 bytes. */
class Flash @ "xs_flash_destructor" {
  constructor() {
    throw new TypeError("use open");
  }
  close() @ "xs_flash_close"
  eraseBlock(first, end) @ "xs_flash_eraseBlock"
  read(count, offset) @ "xs_flash_read"
  write(data, offset) @ "xs_flash_write"
  status() @ "xs_flash_status"
  get format() {
    return "buffer";
  }
  set format(value) {
    if (value !== "buffer")
      throw new RangeError("format must be \"buffer\"");
  }
}

function open(options, prototype) @ "xs_flash_open"

export default Object.freeze({
  open(options) {
    return open(options, Flash.prototype);
  },
  *[Symbol.iterator]() {
    yield "storage";
  }
}, true);
