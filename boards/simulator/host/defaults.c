/* The engine's defaults as the SDK's linker writes them for a device: functions carry no `length` and no `name` at run time. */

#include "xsAll.h"

#define fxNewFunctionLength C_NULL
#define fxNewFunctionName C_NULL
#include "xsDefaults.c"
