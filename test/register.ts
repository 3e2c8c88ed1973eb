/** For `node --import`: installs the loader hook of the tests. */
import { register } from "node:module";

register("./hooks.js", import.meta.url);
