/** `embedded:network/mqtt/client` of ECMA-419 for other people's programs: the class of this library. */
export { MQTTClient as default } from "xs-mqtt";
