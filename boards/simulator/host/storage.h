/* Files below the storage directory, as flash and key-value storage use them. */

#ifndef SIMULATOR_STORAGE_H
#define SIMULATOR_STORAGE_H

#include <stdbool.h>
#include <stddef.h>

/* The file that stands for `name`, or NULL where storage is forgotten at the end. The result is the caller's to free. */
char* storage_path(const char* name, const char* extension);

/* The whole file, or NULL if there is none; the result is the caller's to free. */
void* storage_load(const char* path, size_t* size);

/* Replaces the whole file, so that a kill leaves the old or the new one. */
void storage_save(const char* path, const void* bytes, size_t size);

#endif
