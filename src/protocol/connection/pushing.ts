/** Publications whose payload the caller brings bit by bit, and which it keeps itself: beside {@link Connection}, because few need it. */
import { PacketType } from "../codec/packet-type.js";
import { PublishFlag } from "../codec/publish.js";
import { OutgoingState } from "../session/outgoing.js";
import type { Publication } from "../session/publication.js";
import type { Connection } from "./connection.js";
import { Published } from "./publishing.js";

/**
 * Begins a publication: sends `data` now, the rest through {@link push}.
 * @param length of the whole payload.
 * @param identifier of the caller's choice, or 0.
 * @param duplicate whether it is sent again; without the identifier that it had, or at QoS 0, it is a first copy all the same (MQTT 5.0, 3.3.1-2, 3.3.1-3).
 * @returns one of {@link Published}.
 * @throws MqttError (configuration) as {@link Connection.publish}, and for an identifier that is in use.
 */
export function begin(connection: Connection, publication: Publication, data: Uint8Array, length: number, identifier: number, duplicate: boolean, now: number): number {
  const flags = publication.flags;
  const outgoing = connection.session.outgoing;
  connection.now = now;
  if (!connection.mayPublish(flags)) return Published.BLOCKED;
  const id = flags <= 1 ? 0 : identifier === 0 ? outgoing.nextIdentifier() : outgoing.checkFree(identifier);
  return connection.took(connection.sendPublish(publication, data, length, id, duplicate && identifier > 0 && id > 0 ? flags | PublishFlag.DUP : flags), publication, undefined, id);
}

/** Sends the next bytes of a publication that {@link begin} began. @returns false when the transport does not take them all now. */
export function push(connection: Connection, data: Uint8Array, now: number): boolean {
  connection.now = now;
  if (data.length > connection.room) return false;
  if (data.length > 0) connection.pushBytes(data, connection.left);
  return true;
}

/**
 * Sends the PUBREL again of a publication that the caller brought on an earlier connection (MQTT 5.0, 4.4); a PUBCOMP will answer it.
 * @returns false when there is no room now.
 * @throws MqttError (configuration) for an identifier out of range or in use.
 */
export function releaseAgain(connection: Connection, identifier: number, now: number): boolean {
  const outgoing = connection.session.outgoing;
  connection.now = now;
  outgoing.checkFree(identifier);
  if (!outgoing.hasRoomForRequest || !connection.sendAcknowledgement(PacketType.PUBREL, identifier, 0)) return false;
  outgoing.add(identifier, OutgoingState.PUBCOMP, 0);
  return true;
}
