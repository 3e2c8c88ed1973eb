/** The firmware in Moddable's simulator: first the sensor, then the node. */
import "./simulated-sensor.js";
import "./main.js";
