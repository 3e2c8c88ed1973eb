/** The smallest useful build, by tree shaking. */
export { connect } from "xs-mqtt";
