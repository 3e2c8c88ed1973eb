import { equal } from "node:assert/strict";
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { generatedByPeer, type PeerPacket } from "../protocol/support/peer.js";
import type { ScriptedLink } from "./scripted-broker.js";

const METHOD = "SCRAM-SHA-256";

function hmac(key: Uint8Array, message: string): Buffer {
  return createHmac("sha256", key).update(message).digest();
}

/** What SCRAM-SHA-256 (RFC 5802, 3) needs of a user, computed with node:crypto. */
export class ScramServer {
  readonly salt = randomBytes(16).toString("base64");
  /** Where the user's name and password are wrong, the client's proof is. */
  accepted = false;
  readonly #iterations: number;
  readonly #storedKey: Buffer;
  readonly #serverKey: Buffer;
  #first = "";
  #challenge = "";

  constructor(password: string, iterations = 4096) {
    const salted = pbkdf2Sync(password, Buffer.from(this.salt, "base64"), iterations, 32, "sha256");
    this.#iterations = iterations;
    this.#storedKey = createHash("sha256").update(hmac(salted, "Client Key")).digest();
    this.#serverKey = hmac(salted, "Server Key");
  }

  /** The challenge to the client's first message. */
  challenge(first: string): string {
    equal(first.slice(0, 3), "n,,");
    this.#first = first.slice(3);
    this.#challenge = `${this.#first.replace(/^n=[^,]+,/, "")}${randomBytes(9).toString("base64")},s=${this.salt},i=${this.#iterations}`;
    return this.#challenge;
  }

  /** Looks at the client's last message. @returns the server's. */
  proof(final: string): string {
    const [binding, nonce, proof = ""] = final.split(/,(?=[rp]=)/);
    equal(binding, "c=biws");
    equal(nonce, this.#challenge.split(",")[0]);
    const message = `${this.#first},${this.#challenge},${binding},${nonce}`;
    const signature = hmac(this.#storedKey, message);
    const clientKey = Buffer.from(proof.slice(2), "base64").map((byte, i) => byte ^ (signature[i] ?? 0));
    this.accepted = createHash("sha256").update(clientKey).digest().equals(this.#storedKey);
    return `v=${hmac(this.#serverKey, message).toString("base64")}`;
  }
}

/** The Authentication Data of a packet, which must name the method. */
export function dataOf(packet: PeerPacket): string {
  const { authenticationMethod, authenticationData } = packet["properties"] as { readonly authenticationMethod?: string; readonly authenticationData?: Buffer };
  equal(authenticationMethod, METHOD);
  return String(authenticationData);
}

function properties(data: string | undefined): object {
  return { authenticationMethod: METHOD, ...(data === undefined ? undefined : { authenticationData: Buffer.from(data) }) };
}

/** Sends an AUTH. */
export function sendAuth(link: ScriptedLink, reasonCode: number, data?: string): void {
  link.sendBytes(generatedByPeer({ cmd: "auth", reasonCode, properties: properties(data) }, 5));
}

/** Sends a CONNACK that accepts. */
export function sendConnack(link: ScriptedLink, data?: string, sessionPresent = false): void {
  link.sendBytes(generatedByPeer({ cmd: "connack", reasonCode: 0, sessionPresent, properties: properties(data) }, 5));
}

/** The server's side of an exchange, from the client's first message on. @returns the server's proof, which is still to be sent. */
export async function exchange(link: ScriptedLink, server: ScramServer, first: PeerPacket): Promise<string> {
  sendAuth(link, 0x18, server.challenge(dataOf(first)));
  const answer = await link.nextIs("auth");
  equal(answer["reasonCode"], 0x18);
  return server.proof(dataOf(answer));
}
