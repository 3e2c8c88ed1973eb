import { checkServerIdentity, type Certificate, type PeerCertificate, type TLSSocket } from "node:tls";
import { ReasonCode } from "../../src/protocol/codec/reason-code.js";

/** OpenSSL's codes for a certificate that no trusted authority vouches for. */
const untrusted = new Set(["SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_GET_ISSUER_CERT", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"]);

const moment = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, "Z");

/**
 * Says of a refused certificate what is wrong with it and what to do, where OpenSSL has a few words. To be called before the handshake.
 * @param serverName whose certificate it should be
 */
export function explainRefusal(socket: TLSSocket, serverName: string): void {
  let certificate: Partial<PeerCertificate> | undefined;
  // Once it is refused, the socket no longer has it.
  socket.prependListener("secure", () => (certificate = socket.getPeerCertificate()));
  socket.prependListener("error", (error: NodeJS.ErrnoException) => {
    const explanation = explanationOf(error.code ?? "", certificate);
    if (explanation !== undefined) refuse(error, `the certificate of ${serverName} ${explanation}`);
  });
}

function explanationOf(code: string, certificate: Partial<PeerCertificate> | undefined): string | undefined {
  if (code === "DEPTH_ZERO_SELF_SIGNED_CERT") return "is signed by nobody else: if it is the right one, give it as the option secure.certificate";
  const issuer = certificate?.issuer === undefined ? "" : ` ("${commonName(certificate.issuer)}")`;
  if (untrusted.has(code))
    return `is from an authority that is not trusted here${issuer}: give the certificate of the server's authority as the option secure.certificate`;
  const expired = code === "CERT_HAS_EXPIRED";
  if (!expired && code !== "CERT_NOT_YET_VALID") return undefined;
  const now = Date.now();
  const end = Date.parse(certificate?.valid_to ?? "");
  const begin = Date.parse(certificate?.valid_from ?? "");
  const clock = `unless the clock here, ${moment(now)}, is wrong`;
  if (expired) return `${end < now ? `expired on ${moment(end)}` : "rests on one of an authority that has expired"}: it has to be renewed, ${clock}`;
  return `${begin > now ? `is valid from ${moment(begin)} on` : "rests on one of an authority that is not valid yet"}: wait, ${clock}`;
}

function commonName({ CN = "nobody" }: Certificate): string {
  return typeof CN === "string" ? CN : CN.join(", ");
}

/** As `checkServerIdentity` of node:tls, with both names in the error and what to do. */
export function checkServerName(serverName: string, certificate: PeerCertificate): Error | undefined {
  const error = checkServerIdentity(serverName, certificate);
  if (error !== undefined) {
    // It says "DNS:a.example, IP Address:192.0.2.1".
    const names = certificate.subjectaltname?.replace(/\b(?:DNS|IP Address):/g, "") ?? commonName(certificate.subject);
    refuse(error, `the certificate is for ${names}, not for ${serverName}: connect to the server by a name it bears, or give that as the option secure.serverName`);
  }
  return error;
}

/** The Reason Code makes the client wait longer before it asks again: this lasts until somebody mends it. */
function refuse(error: Error, message: string): void {
  Object.assign(error, { message, reasonCode: ReasonCode.NOT_AUTHORIZED });
}
