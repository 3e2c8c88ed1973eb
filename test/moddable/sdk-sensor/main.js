/** The firmware, with the bus of the test. */
import "sht3x-bus";
import "firmware-main";
