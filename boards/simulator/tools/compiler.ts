import { spawn } from "node:child_process";

/** What a finished process left behind. */
export interface ProcessResult {
  /** The exit code; `null` if a signal ended it. */
  code: number | null;
  /** Everything it wrote to stderr. */
  stderr: string;
}

/** The C compiler: `CC` of the environment, or gcc. */
export const compiler = process.env["CC"] ?? "gcc";

/** Runs the compiler to its end. Throws if there is none. */
export async function runCompiler(args: string[], input = ""): Promise<ProcessResult> {
  return await new Promise((resolve, reject) => {
    const child = spawn(compiler, args, { stdio: ["pipe", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => { stderr += text; });
    child.on("error", () => {
      reject(new Error(`the simulator needs a C compiler and '${compiler}' does not run: apt-get install gcc libc6-dev`));
    });
    child.on("close", (code) => { resolve({ code, stderr }); });
    child.stdin.end(input);
  });
}

/** Whether a program for `bits` compiles and links on this machine; false without a libc of that size. */
export async function canLink(bits: 32 | 64): Promise<boolean> {
  const program = "#include <math.h>\n#include <stdio.h>\nint main(int c, char** v) { return printf(\"%f %s\", sqrt(c), v[0]) < 0; }\n";
  const result = await runCompiler([`-m${bits}`, "-x", "c", "-", "-lm", "-lpthread", "-o", "/dev/null"], program);
  return result.code === 0;
}

/** Whether the compiler works at all, so that a failure for 32 bits means a missing 32-bit libc and nothing else. */
export async function requireCompiler(): Promise<void> {
  if (!await canLink(64))
    throw new Error(`'${compiler}' cannot link a C program: apt-get install gcc libc6-dev`);
}
