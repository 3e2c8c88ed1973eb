import { MqttError, type ErrorKind } from "../protocol/error.js";

/** What a thrown value, or the reason that a host gives, says. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What was thrown, as the one class of errors that a caller gets. @param kind of what is none yet. */
export function toMqttError(kind: ErrorKind, thrown: unknown): MqttError {
  return thrown instanceof MqttError ? thrown : new MqttError(kind, messageOf(thrown));
}
