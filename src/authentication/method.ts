/**
 * An Authentication Method (MQTT 5.0, 4.12), which {@link Authenticator} makes an option of `connect`. Begins an exchange for each
 * connection and each re-authentication: what belongs to one of them is kept in its exchange.
 */
export interface AuthenticationMethod {
  /** Authentication Method of the CONNECT: a name that client and server have agreed on. */
  readonly name: string;
  /** What it throws ends the client or, in re-authentication, rejects the call. */
  begin(): AuthenticationExchange;
}

/** One authentication, from the client's side. */
export interface AuthenticationExchange {
  /** Authentication Data of the CONNECT, or of the AUTH that asks for re-authentication; none where the server speaks first. */
  readonly data?: Uint8Array | undefined;
  /**
   * Answers a challenge of the server, once there is little on the stack. The server waits meanwhile, and so does `connectTimeout`.
   * @param data Authentication Data of the server's AUTH.
   * @returns Authentication Data of the answer. What it throws refuses the server.
   */
  next(data: Uint8Array | undefined): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /**
   * The server says that all is well. Without this method it is believed.
   * @param data Authentication Data of the CONNACK, or of the AUTH that ends re-authentication. What this throws refuses the server: nothing
   * that it said counts.
   */
  done?(data: Uint8Array | undefined): void;
}
