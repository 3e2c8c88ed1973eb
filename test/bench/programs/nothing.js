/** Only loads what it is given: for the report of its bytecode. */
import { exit } from "simulator";
import "subject";

exit(0);
