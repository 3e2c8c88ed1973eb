/*
	The simulator's host: one simulated board in one process.

	The board's chip is the *device* machine: an XS machine with the memory of an ESP32. What is outside the chip may be played
	by the *world* machine, which has all the memory it wants. This header is the interface between the host's C files; it is
	included after xsAll.h (engine internals) or xsmc.h (natives), whose machine and slot types differ in name only.
*/

#ifndef SIMULATOR_HOST_H
#define SIMULATOR_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __XSALL__
	typedef txMachine HostMachine;
	typedef txCallback HostCallback;
	typedef txID HostID;
#else
	typedef xsMachine HostMachine;
	typedef xsCallback HostCallback;
	typedef xsIdentifier HostID;
#endif

/* Exit codes: those of the device start at EXIT_DEVICE, in the order of the engine's own abort codes. */
enum {
	EXIT_SETUP = 1,
	EXIT_DEVICE = 10,
};

/* options.c: what the command line asked for; valid for the life of the process. */

typedef struct {
	const char* name;
	const char* file;
} NamedFile;

typedef struct {
	NamedFile* items;
	int count;
} NamedFiles;

typedef struct {
	const char* heap;
	const char* main;
	const char* world;
	const char* storage;
	const char* config;
	char** arguments;
	int argumentCount;
	char** worldArguments;
	int worldArgumentCount;
	NamedFiles hostModules;
	NamedFiles preloads;
	NamedFiles modules;
	NamedFiles resources;
	double graceMilliseconds;
	double roundTripMilliseconds;
	double flashMicroseconds;
	bool virtualClock;
	bool report;
	bool profile;
} Options;

extern Options options;
void options_parse(int count, char** values);
void host_fail(const char* format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* graph.c: the modules of one machine, parsed before the machine runs. */

typedef struct Graph Graph;
typedef struct Module Module;

Graph* graph_create(void);
Module* graph_add_file(Graph* graph, const char* name, const char* file, bool host, bool preload);
Module* graph_add_text(Graph* graph, const char* name, const char* text, bool preload);
void graph_load(Graph* graph);
Module* graph_find(Graph* graph, const char* name);
Module* graph_resolve(Graph* graph, Module* from, const char* specifier);
const char* graph_name(const Module* module);
void graph_each_preload(Graph* graph, void (*step)(void* context, Module* module), void* context);
void graph_each(Graph* graph, void (*step)(void* context, Module* module), void* context);
void graph_bind(Graph* graph, HostMachine* the);
void graph_run(HostMachine* the, Module* module);
void graph_print_bytecode(Graph* graph);

/* natives.c: the functions that the host modules name after "@". */

HostCallback native_find(const char* name);

/* ids.c: property names the natives use, created before the device is cloned so that they cost it no memory. */

#define HOST_IDS(X) \
	X(address) X(bits) X(blockLength) X(blocks) X(chunks) X(chunksLimit) X(clock) X(collections) X(cpu) X(data) X(edge) \
	X(eraseValue) X(format) X(host) X(hz) X(initialValue) X(mode) X(noDelay) X(nodelay) X(onChanged) X(onError) \
	X(onReadable) X(onResolved) X(onWritable) X(password) X(path) X(peakChunks) X(peakSlots) X(pin) X(port) X(size) \
	X(slots) X(slotsLimit) X(SSID) X(stackPeak) X(steps) X(target) X(timeout) X(writeAlign)

enum {
	#define HOST_ID_INDEX(NAME) ID_##NAME,
	HOST_IDS(HOST_ID_INDEX)
	#undef HOST_ID_INDEX
	ID_COUNT
};
extern HostID hostIDs[ID_COUNT];
#define ID(NAME) hostIDs[ID_##NAME]
void ids_build(HostMachine* the);

/* machine.c, preload.c, world.c: the machines; see also world.h. */

typedef struct Memory Memory;

/* What the host knows of a machine; its context. */
typedef struct {
	const char* role;
	Graph* graph;
	Memory* memory;
	bool promiseJobs;
} Role;

extern HostMachine* device;
HostMachine* machine_create_unlimited(Role* role);
HostMachine* machine_clone_device(Role* role, HostMachine* root);
void machine_run_jobs(HostMachine* the);
void preload_all(HostMachine* root, Graph* graph);
void preload_freeze(HostMachine* root);
void world_start(void);

/* memory.c: the device's heaps. */

Memory* memory_create(const char* heap);
void memory_explain(HostMachine* the, Memory* memory);
size_t memory_slots_limit(const Memory* memory);
size_t memory_chunks_limit(const Memory* memory);

/* abort.c: every way out. */

void host_exit(int code) __attribute__((noreturn));
void host_request_exit(HostMachine* the, int code) __attribute__((noreturn));
extern int exitCode;

/* meters.c: what a run costs. */

typedef struct {
	double slots, chunks, peakSlots, peakChunks, slotsLimit, chunksLimit, collections, steps, stackPeak, cpu;
	int bits;
} Meters;

typedef struct {
	double segments, bytesSent, bytesReceived;
} Traffic;

extern Traffic traffic;
void meters_start(HostMachine* the);
void meters_turn(HostMachine* the);
void meters_read(HostMachine* the, Meters* meters);
double meters_steps(HostMachine* the);
void meters_reset_peaks(HostMachine* the);
void meters_collect(HostMachine* the);
void meters_report(HostMachine* the);

/* profile.c: steps and allocations by function. */

void profile_run(HostMachine* the, bool run);
void profile_print(HostMachine* the);

/* clock.c: milliseconds since boot, and the calendar; both virtual if asked for. */

double clock_now(void);
double clock_real(void);
double clock_date(void);
void clock_set_date(double milliseconds);
void clock_jump(double to);
void clock_wait(double milliseconds);

/* loop.c: events, in turns. */

typedef struct Source Source;
struct Source {
	Source* next;
	int fd;
	bool dead;
	bool background;                                   /* alone, it does not keep the program running */
	double busyUntil;                                  /* real time until which a virtual clock may not jump */
	short (*prepare)(Source* source, bool* ready);     /* once a turn: poll events wanted; ready: dispatch in any case */
	void (*dispatch)(Source* source, short events);
	void (*destroy)(Source* source);
};
void loop_add(Source* source);
void loop_remove(Source* source);
void loop_run(HostMachine* the);
void loop_flush(void);

/* deadlines.c: the one list of deadlines behind Timer and the simulated hardware. */

typedef struct Deadline Deadline;
struct Deadline {
	Deadline* next;
	double when;
	uint64_t sequence;
	bool armed;
	void (*fire)(Deadline* deadline);
};
void deadline_arm(Deadline* deadline, double when);
void deadline_disarm(Deadline* deadline);
double deadline_next(void);
void deadlines_fire(void);

/* sleep.c: what a deep sleep leaves. Parsing changes the command line that it needs; which clock runs is known afterwards. */

void sleep_prepare(int count, char** values);
void sleep_wake(void);

/* signals.c: SIGTERM and SIGINT as events of the loop. */

void signals_listen(void);
void simulator_signal(void);

#endif
