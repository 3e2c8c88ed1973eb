/* The list of deadlines, soonest first; equal ones in the order in which they were armed. */

#include "xsAll.h"
#include "host.h"

static Deadline* first = NULL;
static uint64_t sequence = 0;

void deadline_arm(Deadline* deadline, double when)
{
	Deadline** address = &first;
	deadline_disarm(deadline);
	while (*address && (*address)->when <= when)
		address = &(*address)->next;
	deadline->when = when;
	deadline->sequence = sequence++;
	deadline->next = *address;
	deadline->armed = true;
	*address = deadline;
}

void deadline_disarm(Deadline* deadline)
{
	Deadline** address = &first;
	if (!deadline->armed)
		return;
	while (*address != deadline)
		address = &(*address)->next;
	*address = deadline->next;
	deadline->armed = false;
}

/* When the soonest deadline is, or INFINITY. */
double deadline_next(void)
{
	return first ? first->when : INFINITY;
}

/* Fires what is due; what is armed meanwhile waits for the next turn. */
void deadlines_fire(void)
{
	double now = clock_now();
	uint64_t limit = sequence;
	while (first && first->when <= now && first->sequence < limit) {
		Deadline* deadline = first;
		deadline_disarm(deadline);
		(*deadline->fire)(deadline);
	}
}
