/* examine.h - what identify, features and explain share: files named one by one */
#ifndef TOOLS_EXAMINE_H
#define TOOLS_EXAMINE_H

#include "report.h"
#include "tally.h"

/* The library's session options for the command's.  False: the catalogs can't be read, which was
 * complained of; else vp_catalogs_unref() them. */
bool examine_options(const struct options *options, unsigned flags, struct vp_session_options *ret);

/* Examines the options' arguments ("-" is standard input) and shows each.  `db` may be NULL.
 * Returns the exit status. */
int examine_files(const struct options *options, struct vp_db *db, unsigned flags,
                  const struct view *view, bool features);

#endif
