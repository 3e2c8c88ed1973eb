/** `npm run sensors`: what the registry knows, with a line of configuration for each. */
import { registry } from "../../../src/sensors/registry.js";
import { describeRegistry } from "./describe-registry.js";

process.stdout.write(describeRegistry(registry));
