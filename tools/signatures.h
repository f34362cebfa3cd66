/* signatures.h - the signatures of a file in words */
#ifndef TOOLS_SIGNATURES_H
#define TOOLS_SIGNATURES_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "vendorprint/vendorprint.h"

/* Each signature: its signer, whether it is believed or why not, states, chain, time. */
void signatures_text(FILE *stream, const struct vp_result *result);

#endif
