import { tryWith } from "./matrix.js";

tryWith("aedes");
