/** Whether a domain name of a certificate is that of the server; `*` stands for one whole first label (RFC 6125, 6.4.3). */
export function isNameOf(server: string, certified: string): boolean {
  const wanted = server.toLowerCase();
  const name = certified.toLowerCase();
  // An address has no letter.
  if (!name.startsWith("*.") || wanted === server.toUpperCase()) return name === wanted;
  const dot = wanted.indexOf(".");
  // One domain, not a whole country.
  return dot > 0 && name.indexOf(".", 2) > 0 && name.slice(1) === wanted.slice(dot);
}

/** Whether an address of a certificate is that of the server, which is written as `192.0.2.1`. */
export function isAddressOf(server: string, certified: ArrayBuffer): boolean {
  return certified.byteLength === 4 && new Uint8Array(certified).join(".") === server;
}
