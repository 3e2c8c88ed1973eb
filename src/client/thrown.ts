import { MqttError, type ErrorKind } from "../protocol/error.js";

/** What a thrown value, or the reason that a host gives, says. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The MQTT Reason Code that a host gives with an error, e.g. with a certificate that it refuses: see {@link SocketCallbacks.onError}. */
export function reasonCodeOf(thrown: unknown): number | undefined {
  return (thrown as { readonly reasonCode?: number } | null | undefined)?.reasonCode;
}

/** What was thrown, as the one class of errors that a caller gets. @param kind of what is none yet. */
export function toMqttError(kind: ErrorKind, thrown: unknown): MqttError {
  return thrown instanceof MqttError ? thrown : new MqttError(kind, messageOf(thrown));
}
