/** What messages hold: a tag, then bytes that follow from it, so that a byte out of place shows. */
import { must } from "./violation.js";

/** @param length 2 or more. */
export function contentOf(tag: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = i === 0 ? tag >> 8 : i === 1 ? tag : tag * 7 + i;
  return bytes;
}

/** @returns the tag of a message that is whole. */
export function tagOf(content: Uint8Array): number {
  const tag = ((content[0] ?? 0) << 8) | (content[1] ?? 0);
  must(content.length >= 2, () => "a message without a tag");
  for (let i = 2; i < content.length; i++) must(content[i] === ((tag * 7 + i) & 0xff), () => `message ${tag} is damaged at byte ${i} of ${content.length}`);
  return tag;
}
