/* The XS platform header of the simulator: what the engine needs to know about this host. */

#ifndef SIMULATOR_PLATFORM_H
#define SIMULATOR_PLATFORM_H

#undef mxLinux
#define mxLinux 1
#undef mxLittleEndian
#define mxLittleEndian 1
#define mxExport extern
#define mxImport extern
#define XS_FUNCTION_NORETURN __attribute__((noreturn))

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

typedef int txSocket;
#define mxNoSocket -1
#define mxUseGCCAtomics 1
#define mxUsePOSIXThreads 1

#define mxUseDefaultBuildKeys 1
#define mxUseDefaultParseScript 1
#define mxUseDefaultSharedChunks 1

/* A machine belongs to one Host (see host.h); the waiter fields serve the engine's Atomics. */
#define mxMachinePlatform \
	void* host; \
	void* waiterCondition; \
	void* waiterData; \
	void* waiterLink;

/* Keys of 64-bit machines are 32 bits wide, so that slots keep their alignment. */
#if INTPTR_MAX == INT64_MAX
	#define mx32bitID 1
#endif

/* Date follows the simulator's clock, which may be virtual. */
extern int simulator_gettimeofday(struct timeval* value, void* zone);
#define c_gettimeofday simulator_gettimeofday
typedef struct timeval c_timeval;
#define c_timezone timezone

#endif
