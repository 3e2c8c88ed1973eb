import type { Draft } from "../client/common-options.js";
import type { Client } from "../client/options.js";
import { configurationError } from "../protocol/error.js";
import { AuthenticatedClient } from "./authenticated-client.js";
import type { AuthenticationMethod } from "./method.js";

/**
 * The option `authenticator` of `connect`: enhanced authentication (MQTT 5.0, 4.12). One may serve several clients. It brings the code of
 * its clients with it: who has no authenticator carries none of it.
 */
export class Authenticator {
  private readonly method: AuthenticationMethod;

  /** @throws MqttError (configuration) for what is no method. */
  constructor(method: AuthenticationMethod) {
    const { begin, name } = method as Readonly<Record<keyof AuthenticationMethod, unknown>>;
    if (typeof name !== "string" || typeof begin !== "function") throw configurationError("method", "{name, begin()}");
    this.method = method;
  }

  /** Makes the client. @throws MqttError (configuration) for options that do not go with enhanced authentication, or what the method throws. */
  client(configuration: Draft): Client {
    const { early, properties, version } = configuration;
    if (version === 4) throw configurationError("version", "5 with an authenticator");
    // Nothing but AUTH and DISCONNECT may be sent before the CONNACK (MQTT 5.0, 3.1.2-30).
    if (early) throw configurationError("early", "false with an authenticator");
    if (properties?.authenticationMethod !== undefined || properties?.authenticationData !== undefined)
      throw configurationError("properties.authenticationMethod and authenticationData", "left to the authenticator");
    // MQTT 3.1.1 would have to do without.
    configuration.versionGiven = true;
    return new AuthenticatedClient(configuration, this.method);
  }
}
