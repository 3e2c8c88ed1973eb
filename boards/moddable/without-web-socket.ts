/** `xs-mqtt/web-socket`, where the build has none. */
export const io = undefined;
export const route = undefined;
