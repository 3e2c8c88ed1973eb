import { checkInteger } from "../error.js";
import { IncomingTable, RECEIVE_MAXIMUM } from "./incoming.js";
import { OutgoingTable } from "./outgoing.js";
import type { SessionStorage } from "./session-storage.js";

const NO_MESSAGES = Object.freeze(new IncomingTable());

/**
 * What survives a connection (MQTT 5.0, 4.1): Packet Identifiers, what is in flight in either direction. It is handed to one
 * {@link Connection} after another, never to two at once.
 */
export class Session {
  readonly outgoing: OutgoingTable;
  /** To be looked at; changed through {@link received}. */
  incoming: IncomingTable;
  /** Whether the server may hold the other half: a connection that leaves a session behind has been made. */
  established?: boolean;
  /** What keeps it over restarts. */
  storage?: SessionStorage;

  /**
   * @param inFlight QoS 1 and 2 publications unacknowledged at once, 1 to 255. Default 8.
   * @param receiveMaximum announced to the server: its unacknowledged publications, 1 to 65,535. Default 20.
   * @throws MqttError (configuration) for a limit out of range.
   */
  constructor(inFlight?: number, receiveMaximum = RECEIVE_MAXIMUM) {
    this.outgoing = new OutgoingTable(checkInteger("inFlight", inFlight ?? 8, 1, 255));
    this.incoming = receiveMaximum === RECEIVE_MAXIMUM ? NO_MESSAGES : new IncomingTable(checkInteger("properties.receiveMaximum", receiveMaximum, 1, 0xffff));
  }

  /** {@link incoming}, to be added to: most clients never have a message that is not finished at once. */
  get received(): IncomingTable {
    if (this.incoming === NO_MESSAGES) this.incoming = new IncomingTable();
    return this.incoming;
  }
}
