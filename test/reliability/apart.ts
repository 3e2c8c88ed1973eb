/** Why what the simulated nodes count apart is neither lost nor doubled, by the names under which test/faults counts it. */
export const apart: Readonly<Record<string, string>> = {
  "MQTT 3.1.1: connections that ended for want of room for what came at QoS 2":
    "a broker that knows no Receive Maximum had more in flight than the client has room for: it sends the rest again over the next connection",
  "QoS 1 messages that arrived again": "at QoS 1 a message may come more than once",
  "QoS 1 messages that came again": "at QoS 1 a message may come more than once",
  "QoS 2 messages doubled by a broker that lost its session, and nobody could know":
    "the broker lost its session and the answer that said so was lost too; at the next connection Session Present stands for a new session",
  "QoS 2 messages that came again after a handler refused them": "the handler threw, so the broker is told of an error, and may send it again until it has heard of that",
  "QoS 2 messages that came to a second program, the first having lost its power before the PUBREC":
    "the power went between the handler and the record of the message: what the first program made of it went with it",
  "messages that a handler refused": "the application threw, on purpose",
  "told in advance: not durable, lost with the power": "published with `durability: \"memory\"`: kept through bad links, not through a power cut",
  "told: QoS 2 message refused, dropped or of unknown fate": "its caller got an error: refused by the broker, above its limits, dropped for want of room, the client closed, or the broker had lost its half of the exchange",
  "told: message of an earlier start refused or of unknown fate": "the same for what was on flash at a start",
  "told: message refused or dropped": "its caller got an error: refused by the broker, above its limits, dropped for want of room, or the client closed",
  "told: readings dropped from a full log": "the oldest make room, and `dropped` counts them",
};
