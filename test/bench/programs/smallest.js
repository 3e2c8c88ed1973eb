/** The smallest useful build, by tree shaking. */
export { report } from "xs-mqtt";
