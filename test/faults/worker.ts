/** One process of {@link runSeeds}: runs its share and sends what it came to. */
import { runRange, type Range, type Report } from "./seeds.js";

const { counts, failures, seeds } = await runRange(JSON.parse(process.argv[2] ?? "") as Range);
const report: Report = { seeds, counts: [...counts], failures };
process.send?.(report, () => {
  process.disconnect();
});
