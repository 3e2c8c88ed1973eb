import { configurationError } from "../error.js";

const SEPARATOR = 0x2f;
const SINGLE_LEVEL = 0x2b;
const MULTI_LEVEL = 0x23;

/** Whether UTF-8 bytes may be a Topic Name: not empty, no wildcard (MQTT 5.0, 3.3.2-2, 4.7.3-1). */
export function isTopicName(bytes: Uint8Array, start: number, end: number): boolean {
  if (start >= end) return false;
  for (; start < end; start++) if (bytes[start] === SINGLE_LEVEL || bytes[start] === MULTI_LEVEL) return false;
  return true;
}

function checkLevels(filter: string): void {
  const levels = filter.split("/");
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i] ?? "";
    if (level.length > 1 && (level.includes("+") || level.includes("#")))
      throw configurationError(`topic filter "${filter}"`, "such that + and # fill a whole level, as in a/+/b/#");
    if (level === "#" && i < levels.length - 1) throw configurationError(`topic filter "${filter}"`, "such that # stands last, as in a/#");
  }
}

/**
 * Checks a Topic Filter (MQTT 5.0, 4.7.1, 4.8.2).
 * @returns whether it is that of a shared subscription.
 * @throws MqttError (configuration) saying which rule it breaks.
 */
export function checkTopicFilter(filter: string): boolean {
  if (typeof filter !== "string" || filter.length === 0) throw configurationError("topic filter", "a string of at least one character");
  const shared = filter.startsWith("$share/");
  if (shared) {
    const end = filter.indexOf("/", 7);
    const name = filter.slice(7, end);
    if (end < 8 || end === filter.length - 1 || name.includes("+") || name.includes("#"))
      throw configurationError(`topic filter "${filter}"`, "$share/, a name without wildcards, / and a filter, as in $share/group/a/+");
    checkLevels(filter.slice(end + 1));
  } else checkLevels(filter);
  return shared;
}

/**
 * Whether a topic filter matches a Topic Name (MQTT 5.0, 4.7). Both are UTF-8 bytes; nothing is allocated.
 * @param filter bytes of a filter that {@link checkTopicFilter} accepted, for a shared one those behind the share name.
 */
export function filterMatches(filter: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const length = filter.length;
  // Topics that begin with $ are the server's own: no leading wildcard matches them (MQTT 5.0, 4.7.2).
  if (bytes[start] === 0x24 && filter[0] !== 0x24) return false;
  let i = 0;
  let position = start;
  while (i < length) {
    const code = filter[i];
    if (code === MULTI_LEVEL) return true;
    if (code === SINGLE_LEVEL) {
      while (position < end && bytes[position] !== SEPARATOR) position++;
    } else if (position < end && bytes[position] === code) position++;
    // "a/#" matches "a" too.
    else return position === end && code === SEPARATOR && filter[i + 1] === MULTI_LEVEL;
    i++;
  }
  return position === end;
}
