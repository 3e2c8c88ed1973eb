/** MQTT over WebSocket (MQTT 5.0, 6), on Node. */
import { test } from "node:test";
import { subject } from "../client/network.js";
import { webSocketCases } from "./websocket-cases.js";

webSocketCases(test, subject);
