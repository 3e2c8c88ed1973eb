/** Runs the preloaded tests inside XS: a line of JSON for each. */
import config from "mc/config";
import { emit, exit, measure } from "simulator";
import { runTests } from "xs-tests";

runTests(JSON.parse(config.leftOut), () => measure().steps, emit).then(() => exit(0));
