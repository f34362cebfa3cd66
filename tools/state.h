/* state.h - the least serial of the default database that is still accepted
 *
 * Somebody who can replace the database by an older one could make a finding disappear.  The
 * command remembers the highest serial that it saw in $XDG_STATE_HOME/vendorprint/serial.  Best
 * effort: without a state folder nothing is remembered.
 */
#ifndef TOOLS_STATE_H
#define TOOLS_STATE_H

#include <stdint.h>

/* 0 when nothing is remembered. */
uint64_t state_serial(void);
void state_remember(uint64_t serial);

#endif
