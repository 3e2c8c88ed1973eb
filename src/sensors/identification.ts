/** Who measured (ECMA-419, 31 Provenance Sensor Class Pattern). */
export interface Identification {
  /** Maker and part. */
  readonly model: string;
  /** The sensor class or classes of section 14, where there is one. */
  readonly classification?: string;
  /** The part's serial number, once it is known. */
  readonly uniqueID?: string | undefined;
}

/** What the Provenance Sensor Class Pattern adds to every sample. */
export interface Provenance {
  /** When the measurement began, in milliseconds since 1970 by the device's clock. */
  readonly time: number;
}
