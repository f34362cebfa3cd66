/* database.h - opening the database that the options mean */
#ifndef TOOLS_DATABASE_H
#define TOOLS_DATABASE_H

#include "options.h"

/* `path` (else --database, else the default one); the default one must not be older than the last
 * one seen.  Complains of failure, and of a set that has expired.  NULL: failed. */
struct vp_db *database_open(const struct options *options, const char *path);

/* Whether the options' policy exists or none is asked for; complains and lists those that do. */
bool database_has_policy(struct vp_db *db, const struct options *options);

#endif
