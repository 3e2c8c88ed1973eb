/** Whether a server is who it should be (RFC 5280, 6, as far as a device needs it). Not looked at: name constraints, policies, revocation. */
import Bin from "bin";
import X509, { type PublicKey } from "x509";
import { contains, valuesOf } from "./der.js";
import { refusal } from "./refusal.js";
import { isAddressOf, isNameOf } from "./server-name.js";
import { type Hash, isSigned } from "./signature.js";

/** Authorities between the server and the one that is trusted. */
const longestPath = 6;

const basicConstraints = [2, 5, 29, 19];
const extendedKeyUsage = [2, 5, 29, 37];
/** Purposes in DER: any, and a server of TLS. */
const anyPurpose = "\x06\x04\x55\x1d\x25\x00";
const serverPurpose = "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01";

const rsa = "1,2,840,113549,1,1,";
const ecdsa = "1,2,840,10045,4,3,";
/** Hashes by algorithm. */
const algorithms: Readonly<Record<string, Hash>> = {
  [`${rsa}11`]: "SHA256", [`${rsa}12`]: "SHA384", [`${rsa}13`]: "SHA512",
  [`${ecdsa}2`]: "SHA256", [`${ecdsa}3`]: "SHA384", [`${ecdsa}4`]: "SHA512",
};

type Body = ReturnType<typeof X509.decodeTBS>;

/**
 * Checks the certificates that a server sent: that the first bears its name, and that from there each is signed by the next, up to a
 * trusted one.
 * @param host name or address of the server.
 * @param trusted certificates in DER, one after another.
 * @returns the key of the server.
 * @throws Error with a Reason Code, saying what is wrong with which certificate and what to do.
 */
export function checkChain(chain: readonly Uint8Array[], host: string, trusted: Uint8Array, now: number): PublicKey {
  const anchors = valuesOf(trusted);
  const [leaf] = chain;
  if (leaf === undefined) throw refusal(`${host} sent no certificate`);
  checkName(leaf, host);
  checkPurpose(leaf, host);
  let certificate = leaf;
  for (let depth = 0; depth <= longestPath; depth++) {
    const { issuer, validity } = bodyOf(certificate);
    checkTime(validity, depth, host, now);
    if (anchors.some((anchor) => Bin.comp(anchor, certificate) === 0 || vouches(anchor, certificate, issuer, now))) return X509.decode(leaf).spki;
    const next = chain[depth + 1];
    if (next === undefined || !isAuthority(next) || !isIssuedBy(certificate, issuer, next)) break;
    certificate = next;
  }
  throw refusal(`the certificate of ${host} is from an authority that is not trusted here: build with the certificate of the server's authority as broker-ca.der`);
}

function vouches(anchor: Uint8Array, certificate: Uint8Array, issuer: Uint8Array, now: number): boolean {
  const { validity } = bodyOf(anchor);
  return validity.from <= now && now <= validity.to && isIssuedBy(certificate, issuer, anchor);
}

function isIssuedBy(certificate: Uint8Array, issuer: Uint8Array, authority: Uint8Array): boolean {
  if (Bin.comp(bodyOf(authority).subject, issuer) !== 0) return false;
  const { tbs, algo, sig } = X509.decode(certificate);
  const algorithm = algo.join(",");
  const hash = algorithms[algorithm];
  return hash !== undefined && isSigned(tbs, hash, algorithm.startsWith(rsa) ? "RSA" : "ECDSA", X509.decode(authority).spki, sig);
}

function bodyOf(certificate: Uint8Array): Body {
  return X509.decodeTBS(X509.decode(certificate).tbs);
}

/** Basic Constraints begin with `cA`, which is true. */
function isAuthority(certificate: Uint8Array): boolean {
  const extension = X509.decodeExtension(certificate, basicConstraints);
  return extension !== undefined && contains(new Uint8Array(extension).subarray(2, 5), "\x01\x01\xff");
}

function checkPurpose(certificate: Uint8Array, host: string): void {
  const extension = X509.decodeExtension(certificate, extendedKeyUsage);
  if (extension === undefined) return;
  const purposes = new Uint8Array(extension);
  if (!contains(purposes, serverPurpose) && !contains(purposes, anyPurpose)) throw refusal(`the certificate of ${host} is not one for a server`);
}

function checkName(certificate: Uint8Array, host: string): void {
  const names = X509.decodeSAN(certificate) ?? [];
  const said: string[] = [];
  for (const { tag, value } of names) {
    if (typeof value !== "string" ? tag === 7 && isAddressOf(host, value) : tag === 2 && isNameOf(host, value)) return;
    if (tag === 2 || tag === 7) said.push(typeof value === "string" ? value : new Uint8Array(value).join("."));
  }
  throw refusal(`the certificate is for ${said.join(", ") || "no name"}, not for ${host}: connect to the server by a name it bears`);
}

function checkTime({ from, to }: Body["validity"], depth: number, host: string, now: number): void {
  if (from <= now && now <= to) return;
  const whose = depth === 0 ? `the certificate of ${host}` : `an authority of the certificate of ${host}`;
  const clock = `unless the clock here, ${new Date(now).toISOString()}, is wrong`;
  throw refusal(now > to ? `${whose} expired on ${new Date(to).toISOString()}: it has to be renewed, ${clock}` : `${whose} is valid from ${new Date(from).toISOString()} on: wait, ${clock}`);
}
