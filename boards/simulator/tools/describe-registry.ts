import type { Option, PartType, Quantity } from "../../../src/sensors/sensor-type.js";

/** One paragraph a part: its name, what it measures, and a line of configuration with all that is special about it. */
export function describeRegistry(registry: readonly PartType[]): string {
  return `${registry.map(describePart).join("\n")}
A sensor also takes interval, retry, onFailure, median, average, scale, offset, delta and heartbeat: see docs/sensors.md.
`;
}

function describePart(type: PartType): string {
  const quantities = "quantities" in type ? `  measures   ${type.quantities.map(describeQuantity).join(", ")}\n` : "";
  const options = type.options.length > 0 ? `  options    ${type.options.map(describeOption).join(", ")}\n` : "";
  const addresses = "addresses" in type && type.addresses.length > 1 ? `  addresses  ${type.addresses.map(hexadecimal).join(", ")}\n` : "";
  return `${type.name}: ${type.description}\n${quantities}${addresses}${options}  configure  ${configurationLine(type)}\n`;
}

/** The shortest entry of a part in the configuration. */
export function configurationLine(type: PartType): string {
  const place = "addresses" in type ? (type.addresses.length > 1 ? `, "address": "${hexadecimal(type.addresses[0] ?? 0)}"` : "") : ', "pin": 4';
  return `"name": { "type": "${type.name}"${place} }`;
}

function describeQuantity({ name, unit, minimum, maximum }: Quantity): string {
  const range = maximum === Infinity ? `from ${minimum}` : `${minimum} to ${maximum}`;
  return `${name} (${range}${unit === "" ? "" : ` ${unit}`})`;
}

function describeOption(option: Option): string {
  const allowed = "values" in option ? option.values.join(" | ") : `${option.minimum} to ${option.maximum}`;
  return `${option.name} (${allowed}${option.default === undefined ? "" : `; ${option.default}`})`;
}

function hexadecimal(value: number): string {
  return `0x${value.toString(16).padStart(2, "0")}`;
}
