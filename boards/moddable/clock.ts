import config from "mc/config";
import SNTP from "sntp";
import Time from "time";
import Timer from "timer";

/** Milliseconds until a time server that did not answer is asked again: 10 minutes. */
const retryDelay = 600_000;
/** Milliseconds from one look at the time server to the next: a crystal is wrong by some seconds in a day. */
const repeatDelay = 86_400_000;

/**
 * Sets the clock by the time server of the option `sntp`, then once a day.
 * @param done - called once, when the server has answered, or has not in five tries, or there is none.
 */
export function setClock(done: () => void): void {
  const host = (config as Readonly<Record<string, unknown>>)["sntp"];
  if (typeof host !== "string" || host === "") done();
  else ask(host, done);
}

function ask(host: string, done: () => void): void {
  new SNTP({ host }, (event, value) => {
    if (event === SNTP.retry) return;
    if (event === SNTP.time && typeof value === "number") Time.set(value);
    Timer.set(() => ask(host, () => undefined), event === SNTP.time ? repeatDelay : retryDelay);
    done();
  });
}
