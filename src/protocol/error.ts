import type { Properties } from "./codec/property.js";

/**
 * Who has to act: `configuration` the caller, before anything was sent; `peer` whoever runs the broker; `resource` the caller, by a
 * larger limit or less at once; `transport` nobody, the network failed and the client comes back.
 */
export type ErrorKind = "configuration" | "peer" | "resource" | "transport";

/** The one error class: who is at fault, the MQTT Reason Code (MQTT 5.0, 2.4) and a message that says what to do. */
export class MqttError extends Error {
  readonly kind: ErrorKind;
  /** MQTT 5.0 Reason Code, 0x80 to 0xFF; 0x80 (Unspecified error) where the standard has no closer one. */
  readonly reasonCode: number;
  /** What the broker added to its refusal, in MQTT 5.0: Reason String, User Properties, Server Reference. */
  readonly properties?: Properties;

  constructor(kind: ErrorKind, message: string, reasonCode?: number, properties?: Properties) {
    super(message);
    this.kind = kind;
    this.reasonCode = reasonCode ?? 0x80;
    if (properties !== undefined) this.properties = properties;
  }
}
// Beside the methods: an error need not carry it, and in XS nothing can be assigned over the frozen name of Error.
Object.defineProperty(MqttError.prototype, "name", { value: "MqttError" });

/** A value that the caller must change. `what` names the option or argument, `allowed` what it may be. */
export function configurationError(what: string, allowed: string): MqttError {
  return new MqttError("configuration", `${what} must be ${allowed}`);
}

/** The send buffer is too small for something that takes so many bytes. */
export function tooSmall(what: string, needed: number): MqttError {
  return new MqttError("resource", `${what} takes ${needed} bytes: set sendBuffer to that or more`);
}

/** Checks a whole number. @throws MqttError (configuration) naming `what` and the range. */
export function checkInteger(what: string, value: number, minimum: number, maximum: number): number {
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
  throw configurationError(what, `a whole number from ${minimum} to ${maximum}`);
}

/** Checks that an object has no property but the named ones, so that a misspelt option does not go unnoticed. @throws MqttError (configuration) naming it. */
export function checkNames(what: string, options: object, names: string): void {
  const allowed = names.split(" ");
  const wrong = Object.keys(options).find((name) => !allowed.includes(name));
  if (wrong !== undefined) throw configurationError(`${what} "${wrong}"`, `one of ${allowed.join(", ")}`);
}
