/** `embedded:storage/key-value`: small values by name, in domains. */
class Domain @ "xs_key_value_destructor" {
  constructor() {
    throw new TypeError("use open");
  }
  close() @ "xs_key_value_close"
  delete(key) @ "xs_key_value_delete"
  read(key) @ "xs_key_value_read"
  write(key, value) @ "xs_key_value_write"
  get format() @ "xs_key_value_get_format"
  set format(value) @ "xs_key_value_set_format"
  [Symbol.iterator]() {
    return keys.call(this)[Symbol.iterator]();
  }
}

function keys() @ "xs_key_value_keys"
function open(options, prototype) @ "xs_key_value_open"

export default Object.freeze({
  open(options) {
    return open(options, Domain.prototype);
  }
}, true);
