import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, resolve } from "node:path";

/** Where Debian and others keep what is not on an ordinary user's PATH. */
const furtherDirectories = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/opt/homebrew/sbin"];

/** @returns the path of an installed program, undefined when there is none. */
export async function findProgram(name: string): Promise<string | undefined> {
  for (const directory of [...(process.env["PATH"] ?? "").split(delimiter), ...furtherDirectories]) {
    const path = resolve(directory, name);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return undefined;
}
