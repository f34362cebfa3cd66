/* diagnostics.h - what is wrong with a signature set, as a compiler says it */
#ifndef TOOLS_DIAGNOSTICS_H
#define TOOLS_DIAGNOSTICS_H

#include <stdio.h>

#include <vendorprint/set.h>

/* "file:line:column: error: text" */
void diagnostic_text(FILE *stream, const struct vp_diagnostic *diagnostic);
const char *diagnostic_severity(const struct vp_diagnostic *diagnostic);

#endif
