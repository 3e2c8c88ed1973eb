/* The world outside the chip, as the device's natives see it: calls of functions that the world module exports. */

#ifndef SIMULATOR_WORLD_H
#define SIMULATOR_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False: nobody acknowledged. Without a world, nobody does. */
bool world_i2c_write(int port, int address, const void* bytes, size_t size, bool stop);
bool world_i2c_read(int port, int address, void* bytes, size_t size, bool stop);

/* An unconnected pin reads 0. */
int world_digital_read(int pin);
void world_digital_write(int pin, int value);

/* 0 to 1 of full scale. */
double world_analog_read(int pin);

/* 0 to 1 of the time. */
void world_pwm_write(int pin, double share);

#endif
