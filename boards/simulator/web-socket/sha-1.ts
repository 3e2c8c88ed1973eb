/** SHA-1 (FIPS 180-4, 6.1) of a short text of ASCII, which the opening handshake of a WebSocket asks for; for nothing that must be safe. */
export function sha1(text: string): Uint8Array {
  const length = ((text.length + 72) >> 6) * 16;
  const words = new Array<number>(length).fill(0);
  const put = (at: number, byte: number): void => {
    words[at >> 2] = (words[at >> 2] ?? 0) | (byte << (24 - 8 * (at & 3)));
  };
  for (let at = 0; at < text.length; at++) put(at, text.charCodeAt(at));
  put(text.length, 0x80);
  words[length - 1] = text.length * 8;
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let block = 0; block < length; block += 16) digest(state, words.slice(block, block + 16));
  return Uint8Array.from({ length: 20 }, (_, at) => (state[at >> 2] ?? 0) >>> (24 - 8 * (at & 3)));
}

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

/** The round constants, each for 20 rounds, and the function that goes with it. */
const rounds: readonly (readonly [constant: number, mix: (b: number, c: number, d: number) => number])[] = [
  [0x5a827999, (b, c, d) => (b & c) | (~b & d)],
  [0x6ed9eba1, (b, c, d) => b ^ c ^ d],
  [0x8f1bbcdc, (b, c, d) => (b & c) | (b & d) | (c & d)],
  [0xca62c1d6, (b, c, d) => b ^ c ^ d],
];

function digest(state: number[], schedule: number[]): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  const word = (at: number): number => schedule[at] ?? 0;
  rounds.forEach(([constant, mix], group) => {
    for (let round = 20 * group; round < 20 * group + 20; round++) {
      if (round >= 16) schedule[round] = rotate(word(round - 3) ^ word(round - 8) ^ word(round - 14) ^ word(round - 16), 1);
      const next = (rotate(a, 5) + mix(b, c, d) + e + constant + word(round)) | 0;
      [a, b, c, d, e] = [next, a, rotate(b, 30), c, d];
    }
  });
  [a, b, c, d, e].forEach((value, at) => (state[at] = ((state[at] ?? 0) + value) | 0));
}
