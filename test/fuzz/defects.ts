/** What can be wrong with a packet as such, wherever it comes: the Reason Codes that name it, and what mqtt-packet makes of it. */
export interface Defect {
  readonly codes: readonly number[];
  /** Whether mqtt-packet refuses it too, takes it although the standard forbids it, or does now this and now that. */
  readonly peer: "refuses" | "lax" | "varies";
}

const MALFORMED = 0x81;
const PROTOCOL_ERROR = 0x82;
const TOPIC_ALIAS_INVALID = 0x94;

/** By name. Those that mqtt-packet does not always refuse are the known differences, with the reason beside them. */
export const DEFECTS = {
  "flags that are reserved": { codes: [MALFORMED], peer: "refuses" },
  // mqtt-packet parses for servers too.
  "a type that a server does not send": { codes: [MALFORMED, PROTOCOL_ERROR], peer: "varies" },
  "QoS 3": { codes: [MALFORMED], peer: "refuses" },
  // It does not look at DUP.
  "DUP at QoS 0": { codes: [MALFORMED], peer: "lax" },
  // It takes -1 or undefined for numbers that are not there, reads properties beyond their length, and leaves bytes unread.
  "a field that is cut short": { codes: [MALFORMED], peer: "varies" },
  "bytes behind the end": { codes: [MALFORMED], peer: "varies" },
  "a Variable Byte Integer of a wrong form": { codes: [MALFORMED], peer: "varies" },
  // It knows no 0.
  "Packet Identifier 0": { codes: [PROTOCOL_ERROR], peer: "lax" },
  // It replaces what is no UTF-8, and does not look for NUL.
  "text that MQTT forbids": { codes: [MALFORMED], peer: "lax" },
  "a wildcard in a topic": { codes: [PROTOCOL_ERROR], peer: "lax" },
  "a topic without a character": { codes: [PROTOCOL_ERROR], peer: "lax" },
  "a property that is unknown": { codes: [MALFORMED], peer: "refuses" },
  // It does not know which packets a property belongs to, makes a list of one that comes twice, and takes any value.
  "a property of other packets": { codes: [MALFORMED], peer: "lax" },
  "a property that comes twice": { codes: [PROTOCOL_ERROR], peer: "lax" },
  "a property's value that is not allowed": { codes: [PROTOCOL_ERROR], peer: "lax" },
  "Topic Alias 0": { codes: [TOPIC_ALIAS_INVALID], peer: "lax" },
  "Connect Acknowledge Flags that are reserved": { codes: [MALFORMED], peer: "refuses" },
  // It takes any code in a CONNACK, and any known one of DISCONNECT and AUTH.
  "a Reason Code that the packet may not carry": { codes: [PROTOCOL_ERROR], peer: "varies" },
  "a refusal that resumes a session": { codes: [PROTOCOL_ERROR], peer: "lax" },
  "no Reason Code where one must be": { codes: [MALFORMED], peer: "varies" },
} as const satisfies Readonly<Record<string, Defect>>;

export type DefectName = keyof typeof DEFECTS;
