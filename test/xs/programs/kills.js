/**
 * Publishes numbered durable messages at QoS 1 and 2 and takes numbered ones, until it is killed. SIGTERM: publishes no more, and ends when
 * nothing is kept any more. Arguments: the broker's URL, number of this start, milliseconds between two messages.
 */
import Flash from "embedded:storage/flash";
import { args, emit, exit, onSignal } from "simulator";
import Timer from "timer";
import { connect, Journal, SessionStore } from "xs-mqtt";

/** Records of a session in which nothing is under way: its identity, that it has begun, and its two subscriptions. */
const SESSION_RECORDS = 4;

const [url, start, interval] = [args[0], Number(args[1]), Number(args[2])];
const open = () => new Journal(Flash.open({ path: "storage" }));
const journal = open();
const { kept, damaged, foreign } = journal.recovered;
emit({ event: "started", kept, damaged, foreign });

const client = connect(url, {
  id: "device",
  storage: new SessionStore(journal),
  keepAlive: 5000,
  connectTimeout: 3000,
  reconnect: { minimum: 20, maximum: 200 },
  // Many: see UNDER_WAY in test/kills/peers.ts.
  properties: { sessionExpiryInterval: 86_400, receiveMaximum: 64 },
  onConnected: ({ resumed }) => emit({ event: "online", resumed }),
  onError: ({ message }) => emit({ event: "error", message }),
});

for (const qos of [1, 2]) {
  client.subscribe(`to/${qos}`, { qos }, (message) => {
    emit({ event: "received", qos, number: message.text() });
    // By then the message is noted as received: what is cut off before may come again.
    Timer.set(() => emit({ event: "noted" }), 0);
  }).catch(() => undefined);
}

const topics = [1, 2].map((qos) => client.topic(`from/${qos}`, { qos, durability: "flash" }));
let count = 0;
let refused = 0;

const publishing = Timer.repeat(() => {
  const qos = 1 + (count & 1);
  const number = `${start}.${++count}`;
  try {
    if (topics[qos - 1].publish(new Uint8Array(ArrayBuffer.fromString(number)))) emit({ event: "accepted", qos, number });
  } catch (error) {
    if (error.kind !== "resource") throw error;
    refused++;
  }
}, interval);

onSignal(() => {
  Timer.clear(publishing);
  Timer.repeat(() => {
    if (open().recovered.kept > SESSION_RECORDS) return;
    emit({ event: "settled", refused });
    exit(0);
  }, 50);
});
