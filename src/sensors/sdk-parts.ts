/**
 * What is known of the Moddable SDK's sensors (modules/drivers/sensors of SDK 8.2.3): those whose samples are figures, and right. Not here:
 * touch screens, gestures and pictures, which are no telemetry; HC-SR04 and PZEM004T, which need more than a bus or a pin; TTP223, which is a
 * DigitalInput; VL6180, which waits without end for a chip that does not get ready; and what computes wrong values: Capacitive (takes every
 * converter for one of 10 bits), HMC5883 (z of other bytes), AK8963 and SH200Q (bytes of a word in the wrong order).
 */
import type { Quantity } from "./sensor-type.js";

/** The last part of the specifier is the part's name. */
export type SDKPart = readonly [
  specifier: string, description: string, connection: "I2C" | "SMBus", addresses: readonly number[], quantities: readonly Quantity[],
  more?: {
    /** Where its manifest is; otherwise by the name. */
    readonly folder?: string;
    /** What `configure` is called with. */
    readonly configuration?: object;
  },
];

/** Of a sensor of one quantity, whose sample has no groups. */
export const temperature = (minimum: number, maximum: number): Quantity => ({ name: "temperature", unit: "°C", minimum, maximum, digits: 2 });
const thermometer = (minimum: number, maximum: number): Quantity => ({ ...temperature(minimum, maximum), group: "thermometer" });
const hygrometer: Quantity = { name: "humidity", group: "hygrometer", unit: "%", minimum: 0, maximum: 100, digits: 2 };
/** As the formula gives it, which leaves 0 to 100 at the ends: these drivers do not crop it. */
const rawHygrometer: Quantity = { ...hygrometer, minimum: -6, maximum: 119 };
const barometer: Quantity = { name: "pressure", group: "barometer", unit: "Pa", minimum: 30_000, maximum: 110_000, digits: 2 };
/** A share of full scale. */
const share = (name: string, group?: string): Quantity => ({ name, unit: "", minimum: 0, maximum: 1, digits: 4, ...(group !== undefined && { group }) });

const axes = (name: string, like: Omit<Quantity, "name" | "property">): Quantity[] =>
  ["x", "y", "z"].map((property) => ({ ...like, name: name + property.toUpperCase(), property }));
/** Metres per square second, up to 16 g. */
const acceleration: Omit<Quantity, "name"> = { unit: "m/s²", minimum: -160, maximum: 160, digits: 3 };
const accelerometer = axes("acceleration", { ...acceleration, group: "accelerometer" });
/** Of drivers that give g. */
const accelerometerInG = axes("acceleration", { ...acceleration, group: "accelerometer", factor: 9.80665 });
/** All drivers give degrees per second, and not ECMA-419's radians. */
const rotation: Omit<Quantity, "name"> = { unit: "°/s", minimum: -2048, maximum: 2048, digits: 2 };
const gyroscope = axes("rotation", { ...rotation, group: "gyroscope" });

export const sdkParts: readonly SDKPart[] = [
  ["Humidity-Temperature/AHT10", "Aosong AHT10: temperature, humidity", "I2C", [0x38, 0x39], [thermometer(-40, 85), hygrometer]],
  ["Humidity-Temperature/AM2320", "Aosong AM2320: temperature, humidity", "I2C", [0x5c], [thermometer(-40, 80), hygrometer]],
  // It can count no more than this, by its formula: 65,535 * 16 * 0.0304.
  ["AmbientLight/APDS9301", "Broadcom APDS-9301: ambient light", "SMBus", [0x39, 0x29, 0x49], [{ name: "illuminance", unit: "lx", minimum: 0, maximum: 31_877, digits: 1 }]],
  ["AmbientLight-Gesture-Proximity/APDS9960", "Broadcom APDS-9960: colours of light, proximity", "SMBus", [0x39], [
    share("clear", "lightmeter"), share("red", "lightmeter"), share("green", "lightmeter"), share("blue", "lightmeter"), share("proximity", "proximity"),
  ], { configuration: { on: true, enableALS: true, enableProximity: true } }],
  ["Barometer-Humidity-Temperature/BME68x", "Bosch BME680, BME688: temperature, humidity, air pressure", "I2C", [0x77, 0x76], [
    // The driver divides percent by 100.
    thermometer(-40, 85), { ...hygrometer, factor: 100 }, barometer,
  ]],
  ["Accelerometer-Gyroscope-Magnetometer/BMI270", "Bosch BMI270: acceleration, rotation, temperature", "SMBus", [0x68, 0x69], [...accelerometer, ...gyroscope, thermometer(-40, 85)]],
  ["Barometer-Temperature/BMP180", "Bosch BMP180: temperature, air pressure", "I2C", [0x77], [thermometer(-40, 85), barometer]],
  ["Barometer-Temperature/BMP280", "Bosch BMP280: temperature, air pressure", "I2C", [0x76, 0x77], [thermometer(-40, 85), barometer]],
  ["CarbonDioxideGasSensor-VOCSensor/CCS811", "ams CCS811: volatile organic compounds, CO2 equivalent", "SMBus", [0x5a, 0x5b], [
    // The SDK's sample names it with a zero.
    { name: "eco2", group: "carbonDioxideGasSensor", property: "C02", unit: "ppm", minimum: 400, maximum: 32_768, digits: 0 },
    { name: "tvoc", group: "vocSensor", unit: "ppb", minimum: 0, maximum: 32_768, digits: 0 },
  ]],
  ["Humidity-Temperature/HTU21D", "TE HTU21D: temperature, humidity", "I2C", [0x40], [thermometer(-40, 125), rawHygrometer]],
  ["Gyroscope/L3GD20", "ST L3GD20: rotation", "SMBus", [0x6b, 0x6a], axes("rotation", rotation)],
  ["Accelerometer/LIS3DH", "ST LIS3DH: acceleration", "SMBus", [0x18, 0x19], axes("acceleration", acceleration)],
  ["Temperature/LM75", "LM75: temperature", "SMBus", [0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f], [temperature(-55, 125)]],
  // Not calibrated: counts.
  ["AmbientLight-Proximity/LTR553ALS", "Lite-On LTR-553ALS: light and proximity as counts", "SMBus", [0x23], [
    { name: "light", group: "lightmeter", property: "illuminance", unit: "", minimum: 0, maximum: 65_535, digits: 0 },
    { name: "proximity", group: "proximity", property: "distance", unit: "", minimum: 0, maximum: 2047, digits: 0 },
  ]],
  ["Temperature/MLX90614", "Melexis MLX90614: temperature by infrared", "SMBus", [0x5a], [temperature(-70, 380)]],
  ["Accelerometer-Gyroscope/MPU6050", "InvenSense MPU-6050: acceleration, rotation", "SMBus", [0x68, 0x69], [...accelerometer, ...gyroscope]],
  ["Accelerometer-Gyroscope/MPU6886", "InvenSense MPU-6886: acceleration, rotation, temperature", "SMBus", [0x68, 0x69], [...accelerometerInG, ...gyroscope, thermometer(-40, 85)]],
  ["Accelerometer-Gyroscope/MPU9250", "InvenSense MPU-9250: acceleration, rotation", "SMBus", [0x68, 0x69], [...accelerometer, ...gyroscope]],
  ["Accelerometer-Gyroscope/QMI8658", "QST QMI8658: acceleration, rotation, temperature", "SMBus", [0x6b, 0x6a], [...accelerometerInG, ...gyroscope, thermometer(-40, 85)]],
  ["Oxygen/SEN0322", "DFRobot SEN0322: oxygen", "I2C", [0x73, 0x72, 0x71, 0x70], [{ name: "oxygen", property: "O", unit: "ppm", minimum: 0, maximum: 300_000, digits: 0 }]],
  ["Humidity-Temperature/SHT3x", "Sensirion SHT30, SHT31, SHT35: temperature, humidity", "I2C", [0x44, 0x45], [thermometer(-40, 125), hygrometer]],
  ["Humidity-Temperature/SHTC3", "Sensirion SHTC3: temperature, humidity", "I2C", [0x70], [thermometer(-40, 125), hygrometer]],
  ["Humidity-Temperature/SI7020", "Silicon Labs SI7020: temperature, humidity", "I2C", [0x40], [thermometer(-40, 125), rawHygrometer]],
  ["Temperature/TMP102", "Texas Instruments TMP102: temperature", "SMBus", [0x48, 0x49, 0x4a, 0x4b], [temperature(-55, 128)]],
  ["Temperature/TMP117", "Texas Instruments TMP117: temperature", "SMBus", [0x48, 0x49, 0x4a, 0x4b], [temperature(-55, 150)]],
  ["Proximity-Temperature/URM09", "DFRobot URM09: distance by ultrasound, temperature", "SMBus", [0x11], [
    { name: "distance", group: "proximity", unit: "cm", minimum: 0, maximum: 520, digits: 0 }, thermometer(-10, 70),
  ]],
  ["SoilMoistureSensor/ZIOQWIICMOISTURE", "Zio Qwiic soil moisture sensor: moisture of soil", "SMBus", [0x28], [share("moisture")], { folder: "zioQwiicSoilMoisture" }],
];
