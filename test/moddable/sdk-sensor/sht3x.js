/** An I2C bus with an SHT3x at 0x44: 25.00 °C (0x6666) and 50.00 % (0x8000), each with its checksum (Sensirion, SHT3x-DIS datasheet, 4.12, 4.13). */
import "system";

const measurement = [0x66, 0x66, 0x93, 0x80, 0x00, 0xa2];
const status = [0x00, 0x00, 0x81];

class SHT3xBus {
  #answer;

  constructor({ address }) {
    if (address !== 0x44) throw new Error("no answer");
  }

  write(command) {
    this.#answer = command[0] === 0xf3 ? status : measurement;
  }

  read(buffer) {
    buffer.set(this.#answer);
  }

  close() {}
}

globalThis.device = Object.freeze({ ...globalThis.device, I2C: { default: { io: SHT3xBus } } });
