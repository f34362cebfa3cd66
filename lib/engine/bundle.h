/* bundle.h - a bundle under examination, for the two files that look at it */
#ifndef VPI_ENGINE_BUNDLE_H
#define VPI_ENGINE_BUNDLE_H

#include "engine/engine.h"

struct bundle {
    struct examination *x; /* of its main executable */
    const struct apple_code *code;
    const struct code_directory *directory; /* the one that the kernel goes by */
    struct span root;                       /* path of the folder that names are relative to */
};

/* The path of `name` below the root, in the examination's arena; NULL: no memory, and a gap. */
char *vpi_bundle_path(struct bundle *bundle, struct span name);

/* bundle_files.c: compares the files that the list names; `list` is the one that was signed. */
void vpi_bundle_files(struct bundle *bundle, struct span list);

#endif
