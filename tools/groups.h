/* groups.h - the groups of a scan: driver packages and bundles */
#ifndef TOOLS_GROUPS_H
#define TOOLS_GROUPS_H

#include <stdio.h>

#include <vendorprint/vendorprint.h>

#include "output.h"

/* "groups": an array. */
void groups_json(struct vp_scan *scan, struct json *json);
/* A line each: {"schema_version", "group": {...}}. */
void groups_ndjson(struct vp_scan *scan, struct output *output);
/* How many there are; with `all` also each and what is in it or missing. */
void groups_text(struct vp_scan *scan, FILE *stream, bool all);

#endif
