/** `xs-mqtt/tls`, where the build has TLS. */
import config from "mc/config";
import type { SocketOptions } from "../../../src/client/ecma-419.js";
import { SecureSocket } from "./secure-socket.js";

/** A broker that shares its port with others may ask for a protocol by its name (ALPN, RFC 7301). */
const { brokerALPN } = config as Readonly<Record<string, unknown>>;

const tls: SocketOptions = Object.freeze({
  io: SecureSocket,
  secure: Object.freeze(typeof brokerALPN === "string" && brokerALPN !== "" ? { applicationLayerProtocolNegotiation: brokerALPN } : {}),
});

export default tls;
