/* The property names of the natives. Clones share their numbers with the root machine. */

#include "xsAll.h"
#include "host.h"

txID hostIDs[ID_COUNT];

void ids_build(txMachine* the)
{
	#define HOST_ID_BUILD(NAME) hostIDs[ID_##NAME] = fxID(the, #NAME);
	HOST_IDS(HOST_ID_BUILD)
	#undef HOST_ID_BUILD
}
