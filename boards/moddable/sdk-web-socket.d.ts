declare module "embedded:network/websocket/client" {
  const WebSocketClient: import("../../src/client/ecma-419.js").WebSocketClientOptions["io"];
  export default WebSocketClient;
}

/** The WebSocket of this build: both are undefined without `manifest-websocket.json`. */
declare module "xs-mqtt/web-socket" {
  export const io: import("../../src/client/ecma-419.js").WebSocketClientOptions["io"] | undefined;
  export const route: ((url: string) => import("../../src/client/web-socket.js").WebSocketOptions) | undefined;
}
