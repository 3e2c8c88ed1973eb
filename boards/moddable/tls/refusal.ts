/** Not authorized (MQTT 5.0, 2.4): what lasts until somebody mends something, so that the client does not ask every second. */
const NOT_AUTHORIZED = 0x87;

/** An error that lasts until somebody mends something; the client takes over its Reason Code. */
export function refusal(message: string): Error & { readonly reasonCode: number } {
  return Object.assign(new Error(message), { reasonCode: NOT_AUTHORIZED });
}
