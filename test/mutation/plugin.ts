/** What Stryker loads: the tests of the core in its copy of the project, which is the working directory by then. */
import { join } from "node:path";
import { declareFactoryPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import { loadCoreTests } from "./core-tests.js";
import { CoreTestRunner } from "./runner.js";

const createRunner = (): CoreTestRunner => new CoreTestRunner(() => loadCoreTests(join(process.cwd(), "build/js")));

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, "core", createRunner)];
