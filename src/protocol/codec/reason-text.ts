import { MqttError } from "../error.js";
import type { Properties } from "./property.js";

/** The standard's names of Reason Codes from 0x80 on (MQTT 5.0, 2.4); * stands for what five of them end with. */
const NAMES =
  "Unspecified error|Malformed Packet|Protocol Error|Implementation specific error|Unsupported Protocol Version|Client Identifier not valid|" +
  "Bad User Name or Password|Not authorized|Server unavailable|Server busy|Banned|Server shutting down|Bad authentication method|" +
  "Keep Alive timeout|Session taken over|Topic Filter invalid|Topic Name invalid|Packet Identifier in use|Packet Identifier not found|" +
  "Receive Maximum exceeded|Topic Alias invalid|Packet too large|Message rate too high|Quota exceeded|Administrative action|" +
  "Payload format invalid|Retain*|QoS*|Use another server|Server moved|Shared Subscriptions*|" +
  "Connection rate exceeded|Maximum connect time|Subscription Identifiers*|Wildcard Subscriptions*";

/** A Reason Code for people: its name and number. */
export function reasonText(reasonCode: number): string {
  const name = NAMES.split("|")[reasonCode - 0x80] ?? "Reason Code";
  return `${name.replace("*", " not supported")} (0x${reasonCode.toString(16)})`;
}

/** The broker did something for a reason. @param properties those of its packet, for the Reason String and for whoever is told. */
export function peerError(what: string, reasonCode: number, properties?: Properties): MqttError {
  const text = properties?.reasonString;
  return new MqttError("peer", `the broker ${what}: ${reasonText(reasonCode)}${text === undefined ? "" : `: ${text}`}`, reasonCode, properties);
}
