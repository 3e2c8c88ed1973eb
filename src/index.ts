export { connect } from "./client/client.js";
export type * from "./client/options.js";
export { MQTTClient } from "./client/mqtt-client.js";
export type * from "./client/mqtt-client-options.js";
export type * from "./client/ecma-419.js";
export { MqttError, type ErrorKind } from "./protocol/error.js";
export { ReasonCode } from "./protocol/codec/reason-code.js";
export type * from "./protocol/codec/property.js";
