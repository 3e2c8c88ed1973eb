import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** What runs in XS and has no ECMA-262 name: forbidden in the sans-I/O core. */
const hostGlobals = [
  "Buffer", "TextEncoder", "TextDecoder", "URL", "console", "device", "performance", "process", "queueMicrotask",
  "setImmediate", "setInterval", "setTimeout", "structuredClone", "trace",
];

export default defineConfig(
  globalIgnores(["build/", "dist/", "node_modules/", "boards/simulator/modules/"]),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ["*.js"] }, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "max-lines": ["error", { max: 300, skipComments: true, skipBlankLines: true }],
      "no-console": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  {
    files: ["src/protocol/**"],
    rules: {
      "no-restricted-globals": ["error", ...hostGlobals],
      "no-restricted-imports": ["error", {
        patterns: [{ regex: "^(?!\\.{1,2}/)", message: "The protocol core is sans I/O: it imports nothing outside src/protocol." },
          { group: ["**/client/**", "**/node/**", "**/sensors/**", "**/storage/**"], message: "The protocol core imports nothing outside itself." }],
      }],
    },
  },
  { files: ["src/**", "boards/node/**", "boards/simulator/world/**"], rules: { "no-restricted-globals": ["error", "Buffer", "process", "setTimeout", "setInterval", "queueMicrotask", "structuredClone"] } },
  { files: ["test/**"], rules: { "@typescript-eslint/no-floating-promises": ["error", { allowForKnownSafeCalls: [{ from: "package", name: ["test", "describe", "it", "suite"], package: "node:test" }] }] } },
  { files: ["**/*.js"], extends: [tseslint.configs.disableTypeChecked], languageOptions: { globals: { process: "readonly" } } },
);
