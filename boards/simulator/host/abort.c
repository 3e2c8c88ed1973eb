/* Every way out of the simulator: what the engine aborts on, explained, and the exit the program asked for. */

#include "xsAll.h"
#include "host.h"

int exitCode = 0;

void host_exit(int code)
{
	loop_flush();
	if (device) {
		meters_report(device);
		profile_print(device);
	}
	fflush(stdout);
	fflush(stderr);
	_exit(code);
}

/* Leaves the machine for good: unwinds to the loop, which ends the process with `code`. */
void host_request_exit(txMachine* the, int code)
{
	exitCode = code;
	fxExitToHost(the);
}

/* The exception, and where it was thrown. A dying machine may have all the memory it needs to say so. */
static void explain_exception(txMachine* the)
{
	txSlot exception = mxException;
	the->minimumChunksSize = 64 * 1024;
	the->minimumHeapCount = 1024;
	the->collectFlag &= ~XS_COLLECTING_FLAG;
	mxTry(the) {
		fxBeginHost(the);
		mxPush(exception);
		fprintf(stderr, "%s", fxToString(the, the->stack));
		if (exception.kind == XS_REFERENCE_KIND) {
			mxPush(exception);
			mxGetID(mxID(_stack));
			if (mxIsStringPrimitive(the->stack)) {
				txString newline = strchr(the->stack->value.string, '\n');
				if (newline)
					fprintf(stderr, "%s", newline);
			}
		}
	}
	mxCatch(the) {
		fprintf(stderr, "(an exception that has no string)");
	}
}

/* The engine's abort codes, as a phrase, or NULL. */
static const char* abort_name(int status)
{
	switch (status) {
	case XS_NOT_ENOUGH_MEMORY_EXIT: return "memory full";
	case XS_STACK_OVERFLOW_EXIT: return "stack overflow";
	case XS_FATAL_CHECK_EXIT: return "fatal check";
	case XS_DEAD_STRIP_EXIT: return "dead strip";
	case XS_UNHANDLED_EXCEPTION_EXIT: return "unhandled exception";
	case XS_NO_MORE_KEYS_EXIT: return "not enough keys";
	case XS_TOO_MUCH_COMPUTATION_EXIT: return "too much computation";
	case XS_UNHANDLED_REJECTION_EXIT: return "unhandled rejection";
	default: return "abort";
	}
}

void fxAbort(txMachine* the, int status)
{
	static int code = 0;
	Role* role = the->context;
	/* The explanation itself may fail: what came first counts. */
	if (code)
		host_exit(code);
	code = the == device ? EXIT_DEVICE + status : EXIT_SETUP;
	fprintf(stderr, "simulator: %s: %s", role->role, abort_name(status));
	if (status == XS_NOT_ENOUGH_MEMORY_EXIT) {
		fprintf(stderr, ": ");
		memory_explain(the, role->memory);
	}
	else if (status == XS_STACK_OVERFLOW_EXIT)
		fprintf(stderr, ": the stack has %ld slots of %d bytes",
			(long)(the->stackTop - the->stackBottom), (int)sizeof(txSlot));
	else if (status == XS_UNHANDLED_EXCEPTION_EXIT || status == XS_UNHANDLED_REJECTION_EXIT) {
		fprintf(stderr, ": ");
		explain_exception(the);
	}
	fputc('\n', stderr);
	host_exit(code);
}
