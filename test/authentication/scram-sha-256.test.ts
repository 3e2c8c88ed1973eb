/** SCRAM-SHA-256 by itself: RFC 7677's example, what a hostile server may say, keys that are kept. */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { test } from "node:test";
import { fromBase64, toBase64 } from "../../src/authentication/base64.js";
import { ScramSha256, type ScramKeys, type ScramOptions } from "../../src/authentication/scram-sha-256.js";
import { ascii, bytes, hex } from "../protocol/support/bytes.js";
import { mqttError, refused } from "../protocol/support/encoding.js";

// RFC 7677, 3.
const NONCE = "rOprNGfwEbeRWgbNEkqO";
const SALT = "W22ZaJ0SNY7soEsUEjb6gQ==";
const BOTH = `${NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0`;
const FIRST = `n,,n=user,r=${NONCE}`;
const CHALLENGE = `r=${BOTH},s=${SALT},i=4096`;
const ANSWER = `c=biws,r=${BOTH},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`;
const PROOF = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
/** What PBKDF2 makes of the example's password, by node:crypto. */
const SALTED = bytes("C4 A4 95 10 32 3A B4 F9 52 CA C1 FA 99 44 19 39 E7 8E A7 4D 6B E8 1D DF 70 96 E8 75 13 DC 61 5D");
const OTHER_SALT = "AAAAAAAAAAAAAAAAAAAAAA==";

const random = (nonce: Uint8Array): void => nonce.set(fromBase64(NONCE) ?? []);

/** SCRAM as in the example, with PBKDF2 done beforehand. */
function scram(options: Partial<ScramOptions> = {}): ScramSha256 {
  return new ScramSha256({ user: "user", password: "pencil", random, pbkdf2: () => SALTED, ...options });
}

const text = (data: Uint8Array | undefined): string => String.fromCharCode(...(data ?? []));

/** The client's answer to a challenge. */
async function answer(method: ScramSha256, challenge = CHALLENGE): Promise<string> {
  return text(await method.begin().next(ascii(challenge)));
}

/** Who is at fault, and that nobody learns the password from it. */
const PEER = { kind: "peer", reasonCode: 0x87 };

function refusal(error: unknown, message: RegExp): boolean {
  const { kind, reasonCode, message: said } = error as Error & typeof PEER;
  deepEqual({ kind, reasonCode }, PEER);
  match(said, message);
  ok(!said.includes("pencil") && !said.includes("dHzb"), said);
  return true;
}

test("RFC 7677's example, byte by byte, with 4,096 iterations of our own", async () => {
  const exchange = new ScramSha256({ user: "user", password: "pencil", random }).begin();
  equal(text(exchange.data), FIRST);
  equal(text(await exchange.next(ascii(CHALLENGE))), ANSWER);
  exchange.done?.(ascii(PROOF));
});

test("extensions of the server that need not be known are signed with the rest", async () => {
  const plain = await answer(scram());
  const extended = await answer(scram(), `${CHALLENGE},x=1,y=a=b`);
  equal(extended.slice(0, -44), plain.slice(0, -44));
  ok(extended !== plain);
  const exchange = scram().begin();
  await exchange.next(ascii(CHALLENGE));
  exchange.done?.(ascii(`${PROOF},x=1`));
});

test("= and , in a user name are escaped (RFC 5802, 5.1)", () => {
  equal(text(scram({ user: "a=b,c=,d" }).begin().data), `n,,n=a=3Db=2Cc=3D=2Cd,r=${NONCE}`);
});

test("each exchange has a nonce of its own, of 120 bits", () => {
  let next = 1;
  const method = scram({ random: (nonce) => nonce.fill(next++) });
  const [one, other] = [method.begin(), method.begin()].map(({ data }) => text(data).slice("n,,n=user,r=".length));
  deepEqual([one, other], [toBase64(new Uint8Array(15).fill(1)), toBase64(new Uint8Array(15).fill(2))]);
});

const HOSTILE: readonly (readonly [name: string, challenge: string, message: RegExp])[] = [
  ["a nonce of another exchange", CHALLENGE.replace("rOpr", "rOpx"), /nonce does not continue ours/],
  ["our nonce and nothing of its own", CHALLENGE.replace(BOTH, NONCE), /nonce does not continue ours/],
  ["no salt", CHALLENGE.replace(SALT, ""), /makes no sense/],
  ["a salt that is no Base64", CHALLENGE.replace(SALT, "W22Z!"), /salt is not Base64/],
  ["a salt in another form", CHALLENGE.replace("gQ==", "gR=="), /salt is not Base64/],
  ["4,095 iterations", CHALLENGE.replace("4096", "4095"), /4095 iterations, 4096 is the least that is safe/],
  ["16,385 iterations", CHALLENGE.replace("4096", "16385"), /asks for 16385 iterations: set maximumIterations larger/],
  ["999,999,999 iterations", CHALLENGE.replace("4096", "999999999"), /asks for 999999999 iterations/],
  ["iterations beyond all numbers", CHALLENGE.replace("4096", "9".repeat(30)), /makes no sense/],
  ["no iterations", CHALLENGE.replace("4096", "0"), /makes no sense/],
  ["negative iterations", CHALLENGE.replace("4096", "-4096"), /makes no sense/],
  ["an extension that must be known", `m=x,${CHALLENGE}`, /makes no sense/],
  ["its proof at once", PROOF, /does not know the password/],
  ["an error", "e=unknown-user", /the server says unknown-user$/],
  ["an error that is no word", "e=\u0007<b>", /makes no sense/],
  ["nothing", "", /makes no sense/],
  ["a line behind the message", `${CHALLENGE}\n`, /makes no sense/],
  ["a control character in the nonce", CHALLENGE.replace("%", "\u0001"), /makes no sense/],
];
for (const [name, challenge, message] of HOSTILE)
  test(`a server that says ${name} is refused before anything is derived`, async () => {
    const method = scram({ pbkdf2: () => { throw new Error("was derived"); } });
    await rejects(answer(method, challenge), (error: unknown) => refusal(error, message));
  });

test("bytes that are no text, and no data at all, are refused", async () => {
  await rejects(Promise.resolve(scram().begin().next(bytes("72 3D FF"))), (error: unknown) => refusal(error, /makes no sense/));
  await rejects(Promise.resolve(scram().begin().next(undefined)), (error: unknown) => refusal(error, /makes no sense/));
});

test("a second challenge in one exchange is refused", async () => {
  const exchange = scram().begin();
  await exchange.next(ascii(CHALLENGE));
  await rejects(Promise.resolve(exchange.next(ascii(CHALLENGE))), (error: unknown) => refusal(error, /makes no sense/));
});

const PROOFS: readonly (readonly [name: string, proof: string | undefined, message: RegExp])[] = [
  ["a wrong proof", PROOF.replace("6rr", "6rs"), /does not know the password/],
  ["a proof with something behind it", `${PROOF}A`, /does not know the password/],
  ["half a proof", PROOF.slice(0, -8), /does not know the password/],
  ["no proof", undefined, /makes no sense/],
  ["an error", "e=invalid-proof", /the server says invalid-proof$/],
  ["its challenge again", CHALLENGE, /makes no sense/],
];
for (const [name, proof, message] of PROOFS)
  test(`a server that ends with ${name} is refused`, async () => {
    const exchange = scram().begin();
    await exchange.next(ascii(CHALLENGE));
    refusal(mqttError(() => exchange.done?.(proof === undefined ? undefined : ascii(proof))), message);
  });

test("a server that proves itself before it was answered is refused", () => {
  for (const proof of [PROOF, "v=", "undefined", "undefined,"]) refusal(mqttError(() => scram().begin().done?.(ascii(proof))), /does not know|makes no sense/);
});

test("keys are derived once for a salt and a number of iterations, and handed out to be stored", async () => {
  const asked: string[] = [];
  const stored: ScramKeys[] = [];
  const method = scram({
    pbkdf2: (password, salt, iterations) => {
      asked.push(`${text(password)} ${toBase64(salt)} ${iterations}`);
      return Promise.resolve(SALTED);
    },
    onKeys: (keys) => stored.push(keys),
  });
  equal(await answer(method), ANSWER);
  equal(await answer(method), ANSWER);
  deepEqual(asked, [`pencil ${SALT} 4096`]);
  await answer(method, CHALLENGE.replace(SALT, OTHER_SALT));
  await answer(method, CHALLENGE.replace("4096", "4097"));
  deepEqual(asked.slice(1), [`pencil ${OTHER_SALT} 4096`, `pencil ${SALT} 4097`]);
  equal(stored.length, 3);
  equal(hex(stored[0]?.clientKey ?? SALTED), "A6 0F C9 23 D6 7E 86 44 A9 2D 16 B9 6E DA 5E F4 65 6B 0C 72 5C 48 43 74 BE 25 53 55 76 99 6E 8B");
});

/** The example's keys. */
async function exampleKeys(): Promise<ScramKeys> {
  let stored: ScramKeys | undefined;
  await answer(scram({ onKeys: (keys) => (stored = keys) }));
  return stored ?? { salt: SALTED, iterations: 0, clientKey: SALTED, serverKey: SALTED };
}

test("stored keys take the place of the password", async () => {
  const exchange = new ScramSha256({ user: "user", random, keys: await exampleKeys() }).begin();
  equal(text(await exchange.next(ascii(CHALLENGE))), ANSWER);
  exchange.done?.(ascii(PROOF));
});

test("stored keys without a password do not serve another salt; with one, they are derived anew", async () => {
  const keys = await exampleKeys();
  const challenge = CHALLENGE.replace(SALT, OTHER_SALT);
  await rejects(answer(new ScramSha256({ user: "user", random, keys }), challenge), (error: unknown) => refusal(error, /another salt or number of iterations/));
  equal((await answer(scram({ keys }), challenge)).slice(0, 9), "c=biws,r=");
});

test("stored keys do not make few iterations safe", async () => {
  const keys = { ...(await exampleKeys()), iterations: 4095 };
  await rejects(answer(scram({ keys }), CHALLENGE.replace("4096", "4095")), (error: unknown) => refusal(error, /4095 iterations/));
});

test("one derivation at a time: the same salt joins it, another is refused", async () => {
  let finish: (salted: Uint8Array) => void = () => undefined;
  let derivations = 0;
  const method = scram({
    pbkdf2: () => {
      derivations++;
      return new Promise((resolve) => (finish = resolve));
    },
  });
  const first = answer(method);
  const second = answer(method);
  await rejects(answer(method, CHALLENGE.replace(SALT, OTHER_SALT)), (error: unknown) => refusal(error, /changed salt or iterations while keys were derived/));
  finish(SALTED);
  deepEqual([await first, await second, derivations], [ANSWER, ANSWER, 1]);
});

test("a derivation that fails is tried again", async () => {
  let attempts = 0;
  const method = scram({ pbkdf2: () => (attempts++ === 0 ? Promise.reject(new Error("no memory")) : SALTED) });
  await rejects(answer(method), /no memory/);
  equal(await answer(method), ANSWER);
});

test("maximumIterations is the last number that is derived", async () => {
  const challenge = CHALLENGE.replace("4096", "5000");
  equal((await answer(scram({ maximumIterations: 5000 }), challenge)).slice(0, 9), "c=biws,r=");
  await rejects(answer(scram({ maximumIterations: 4999 }), challenge), (error: unknown) => refusal(error, /5000 iterations/));
});

const wrong: readonly (readonly [change: Record<string, unknown>, message: RegExp])[] = [
  [{ user: "" }, /^user must be printable ASCII$/],
  [{ user: "Jürgen" }, /^user must be printable ASCII$/],
  [{ user: undefined }, /^user must be/],
  [{ password: undefined }, /^password must be given, or keys$/],
  [{ password: "" }, /^password must be printable ASCII, or/],
  [{ password: "pencil\u0007" }, /^password must be printable ASCII, or the UTF-8 bytes of what SASLprep makes of it$/],
  [{ password: "Bleistift ✏" }, /^password must be printable ASCII/],
  [{ password: 7 }, /^password must be a string, a Uint8Array or an ArrayBuffer$/],
  [{ random: undefined }, /^random must be a function that fills a Uint8Array with what nobody can foresee: this host has none of its own$/],
  [{ random: Math.random }, /^random must be a function that fills the array it is given$/],
  [{ maximumIterations: 4095 }, /^maximumIterations must be a whole number from 4096 to 2147483647$/],
  [{ keys: { salt: SALTED, iterations: 4096, clientKey: SALTED, serverKey: new Uint8Array(31) } }, /^keys must be as onKeys gave them$/],
  [{ keys: {} }, /^keys must be as onKeys gave them$/],
  [{ iterations: 5000 }, /^the SCRAM option "iterations" must be one of user, password, keys, /],
];
for (const [change, message] of wrong)
  test(`${JSON.stringify(Object.keys(change))} that is wrong is refused: ${message.source}`, () => {
    refused(() => new ScramSha256({ user: "user", password: "pencil", random, ...change }).begin(), message);
  });

test("a password in bytes is taken as it is, prepared by the caller", async () => {
  const passwords: string[] = [];
  const pbkdf2 = (password: Uint8Array): Uint8Array => {
    passwords.push(hex(password));
    return SALTED;
  };
  await answer(scram({ password: bytes("C3 A9"), pbkdf2 }));
  await answer(scram({ password: bytes("C3 A9").buffer as ArrayBuffer, pbkdf2 }));
  deepEqual(passwords, ["C3 A9", "C3 A9"]);
});
