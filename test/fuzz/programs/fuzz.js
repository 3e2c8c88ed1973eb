/** Runs preloaded cases inside XS: a line of JSON for each finding, now and then one for how far it is, and one at the end. */
import { args, emit, exit } from "simulator";
import { findingText, fuzz } from "fuzz";

const [seed, first, cases, milliseconds, stride] = args.map(Number);
const end = Date.now() + milliseconds;
const more = (index) => {
  if (index % stride === 0) emit({ event: "progress", index });
  return index < first + cases && Date.now() < end;
};
const result = fuzz({ seed, first, more });
for (const finding of result.findings) emit({ event: "finding", text: findingText(finding) });
emit({ event: "done", cases: result.cases });
exit(0);
