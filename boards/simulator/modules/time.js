/** `time`: milliseconds since boot, and the calendar, both on the simulator's clock. */
export default class Time {
  static set(seconds) @ "xs_time_set"
  static get ticks() @ "xs_time_get_ticks"
  static get microseconds() @ "xs_time_get_microseconds"
  static delta(start, end) @ "xs_time_delta"
}
