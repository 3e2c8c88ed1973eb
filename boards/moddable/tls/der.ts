/** @returns the values that stand one after another in DER, each with its tag and length. @throws Error where one is longer than what there is. */
export function valuesOf(bytes: Uint8Array): Uint8Array[] {
  const values: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = endOf(bytes, at);
    if (!(end <= bytes.length)) throw new Error("DER is cut off");
    values.push(bytes.subarray(at, end));
    at = end;
  }
  return values;
}

/** NaN where the length is cut off itself. */
function endOf(bytes: Uint8Array, at: number): number {
  const first = bytes[at + 1] ?? NaN;
  if (!(first >= 0x80)) return at + 2 + first;
  const digits = first - 0x80;
  let length = 0;
  for (let digit = 0; digit < digits; digit++) length = length * 256 + (bytes[at + 2 + digit] ?? NaN);
  return at + 2 + digits + length;
}

/** Whether bytes occur in others. */
export function contains(bytes: Uint8Array, wanted: string): boolean {
  return String.fromCharCode(...bytes).includes(wanted);
}
