/* What machine.c needs of memory.c beyond host.h: the engine's own creation record. Included after xsAll.h. */

#ifndef SIMULATOR_MEMORY_H
#define SIMULATOR_MEMORY_H

txCreation* memory_creation(Memory* memory);

#endif
