import { configurationError } from "../error.js";

const SEPARATOR = 0x2f;
const SINGLE_LEVEL = 0x2b;
const MULTI_LEVEL = 0x23;

/** Whether UTF-8 bytes may be a Topic Name: not empty, no wildcard (MQTT 5.0, 3.3.2-2, 4.7.3-1). */
export function isTopicName(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === SINGLE_LEVEL || bytes[i] === MULTI_LEVEL) return false;
  return start < end;
}

/** A Topic Filter: not empty, levels without wildcards or + alone, # alone as the last; that of a shared subscription stands behind a share name without any. */
const TOPIC_FILTER = /^(\$share\/[^/+#]+\/|(?!\$share\/))(?=.)((\+|[^/+#]*)\/)*(\+|#|[^/+#]*)$/s;

/**
 * Checks a Topic Filter (MQTT 5.0, 4.7.1, 4.8.2).
 * @returns whether it is that of a shared subscription.
 * @throws MqttError (configuration) saying which rules there are.
 */
export function checkTopicFilter(filter: unknown): boolean {
  if (typeof filter !== "string" || !TOPIC_FILTER.test(filter))
    throw configurationError(`topic filter "${String(filter)}"`, "a string with + and # alone in a level, # in the last, and a filter behind $share/name/");
  return filter.startsWith("$share/");
}

/**
 * Whether a topic filter matches a Topic Name (MQTT 5.0, 4.7). Both are UTF-8 bytes; nothing is allocated.
 * @param filter bytes of a filter that {@link checkTopicFilter} accepted, for a shared one those behind the share name.
 */
export function filterMatches(filter: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  // Topics that begin with $ are the server's own: no leading wildcard matches them (MQTT 5.0, 4.7.2).
  if (bytes[start] === 0x24 && filter[0] !== 0x24) return false;
  const length = filter.length;
  for (let i = 0; i < length; i++) {
    const code = filter[i];
    if (code === MULTI_LEVEL) return true;
    if (code === SINGLE_LEVEL) {
      while (start < end && bytes[start] !== SEPARATOR) start++;
    } else if (start < end && bytes[start] === code) start++;
    // "a/#" matches "a" too.
    else return start === end && code === SEPARATOR && filter[i + 1] === MULTI_LEVEL;
  }
  return start === end;
}
