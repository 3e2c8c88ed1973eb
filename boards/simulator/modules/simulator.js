/** `simulator`: what only a simulated device has: arguments, meters, a line to whoever runs it, an end. */

function getArguments() @ "xs_simulator_args"
function trace() @ "xs_trace"

/** The arguments after the main module on the command line; in flash, like everything that is preloaded. */
export const args = Object.freeze(getArguments());

/** Writes one object as a line of JSON to stdout. */
export function emit(object) @ "xs_simulator_emit"

/** Memory in bytes (`slots`, `chunks`, peaks, limits, `stackPeak`), `collections`, `steps`, `bits`, and `cpu`: processor time in microseconds. */
export function measure() @ "xs_simulator_measure"

/** Runs a full garbage collection. */
export function collect() @ "xs_simulator_collect"

/** Forgets the peaks so far. */
export function resetPeaks() @ "xs_simulator_resetPeaks"

/** Stops the profile of `--profile`, or goes on with it. */
export function profile(run) @ "xs_simulator_profile"

/** Ends the simulation at once; what sockets have gathered is still sent. */
export function exit(code) @ "xs_simulator_exit"

/** Calls back on the first SIGTERM or SIGINT; a second one kills. */
export function onSignal(callback) @ "xs_simulator_onSignal"

globalThis.trace = trace;
