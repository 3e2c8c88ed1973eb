/** What the tools need from the system beyond npm packages: finds it, and installs it where that is allowed. */
import { spawn } from "node:child_process";
import { canLink, compiler } from "./compiler.js";
import { findProgram } from "./find-program.js";

/** Named after Debian's packages: `gcc` with the libc to link programs, `gcc-multilib` with that for 32 bits, too. */
export type PackageName = "mosquitto" | "mosquitto-clients" | "gcc" | "gcc-multilib";

interface Package {
  readonly purpose: string;
  /** What apt-get is asked for. */
  readonly packages: readonly string[];
  /** @returns the path of the program that brings it, undefined when it is not there. */
  find(): Promise<string | undefined>;
}

/** Something is missing and may not be installed from here; the message names the command that installs it. */
export class PackageError extends Error {
  override readonly name = "PackageError";
}

const known: Readonly<Record<PackageName, Package>> = {
  mosquitto: {
    purpose: "the MQTT broker mosquitto",
    packages: ["mosquitto", "mosquitto-clients"],
    find: () => findProgram("mosquitto"),
  },
  "mosquitto-clients": {
    purpose: "mosquitto_sub and mosquitto_pub",
    packages: ["mosquitto-clients"],
    find: () => findProgram("mosquitto_sub"),
  },
  gcc: {
    purpose: "a C compiler",
    packages: ["gcc", "libc6-dev"],
    find: () => findCompiler(64),
  },
  "gcc-multilib": {
    purpose: "a C compiler with 32-bit libc",
    packages: ["gcc", "gcc-multilib"],
    find: () => findCompiler(32),
  },
};

/** @returns the path of the program, undefined when it is not installed. Installs nothing. */
export function find(name: PackageName): Promise<string | undefined> {
  return known[name].find();
}

/**
 * Installs what is missing with apt-get, as root or through `sudo -n`. All output goes to stderr.
 * @returns the path of the program.
 * @throws PackageError naming the command to run, where that is not possible.
 */
export async function ensure(name: PackageName): Promise<string> {
  const wanted = known[name];
  const present = await wanted.find();
  if (present !== undefined) return present;

  const command = ["apt-get", "install", "-y", ...wanted.packages];
  const advice = `Install ${wanted.purpose} and try again: sudo ${command.join(" ")}`;
  const privilege = await privileged();
  if (!privilege) throw new PackageError(`${capitalized(wanted.purpose)} is missing, and installing it needs an administrator.\n${advice}`);

  process.stderr.write(`Installing ${wanted.purpose}: ${command.join(" ")}\n`);
  const apt = (...args: string[]): Promise<boolean> =>
    run([...privilege, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300", ...args]);
  const install = (): Promise<boolean> => apt(...command.slice(1));
  // Package lists are absent in a fresh container and may be out of date elsewhere.
  if (!(await install()) && !((await apt("update")) && (await install())))
    throw new PackageError(`${capitalized(wanted.purpose)} is missing and could not be installed.\n${advice}`);
  const installed = await wanted.find();
  if (installed === undefined) throw new PackageError(`${capitalized(wanted.purpose)} was installed and still does not work.\n${advice}`);
  return installed;
}

/** The words before a command that make it run as root; undefined where neither we are root nor sudo works without a password. */
async function privileged(): Promise<string[] | undefined> {
  if ((await findProgram("apt-get")) === undefined) return undefined;
  if (process.getuid?.() === 0) return [];
  return (await run(["sudo", "-n", "true"], "ignore")) ? ["sudo", "-n"] : undefined;
}

async function findCompiler(bits: 32 | 64): Promise<string | undefined> {
  const path = await findProgram(compiler);
  return path !== undefined && (await canLink(bits)) ? path : undefined;
}

/** @returns whether the command could be started and ended with 0. */
function run(command: readonly string[], output: "ignore" | "stderr" = "stderr"): Promise<boolean> {
  const [program = "", ...args] = command;
  const sink = output === "stderr" ? process.stderr : "ignore";
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", sink, sink] });
    child.once("error", () => resolve(false));
    child.once("close", (code) => resolve(code === 0));
  });
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
