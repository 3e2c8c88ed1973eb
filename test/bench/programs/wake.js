/** How long from waking up to a QoS 1 publication acknowledged, on a network with a round trip; then a clean end. */
import { emit, exit } from "simulator";
import config from "mc/config";
import Time from "time";
import { close, wake } from "subject";

const start = Time.ticks;
wake(config.port, async () => {
  emit({ event: "wake", elapsed: Time.ticks - start });
  await close();
  exit(0);
});
