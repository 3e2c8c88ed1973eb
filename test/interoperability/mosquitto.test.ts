import { tryWith } from "./matrix.js";

tryWith("mosquitto");
