/** Answers messages from deep inside a handler: where the least stack is left. */
import { args, emit, exit } from "simulator";
import { connect } from "xs-mqtt";

class Application {
  #client;
  constructor(client) {
    this.#client = client;
  }
  handle(message) {
    return this.#answer(message.properties);
  }
  #answer(properties) {
    return this.#send(properties.responseTopic, properties.correlationData);
  }
  #send(topic, correlationData) {
    return this.#client.publish(topic, "answer", { qos: 1, properties: { correlationData, userProperty: [["from", "handler"]] } });
  }
}

const client = connect(args[0], { onConnected: () => client.publish("up", "1", { qos: 1 }) });
const application = new Application(client);
let answered = 0;
await client.subscribe("question/+", { qos: 1 }, (message) => {
  application.handle(message).then(() => {
    if (++answered < 5) return;
    emit({ event: "handled", answered });
    exit(0);
  });
});
for (let i = 0; i < 5; i++) await client.publish(`question/${i}`, "?", { qos: 1, properties: { responseTopic: "answer", correlationData: Uint8Array.of(i) } });
