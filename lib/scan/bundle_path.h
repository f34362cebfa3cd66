/* bundle_path.h - which folder a bundle's parts say is the bundle, by their paths alone
 *
 * Paths are taken as they are written, case included.  A folder is told by how many bytes of the
 * path it takes; 0 is none.
 */
#ifndef VPI_SCAN_BUNDLE_PATH_H
#define VPI_SCAN_BUNDLE_PATH_H

#include <stddef.h>

/* The folder of what the first `len` bytes of a path name. */
size_t vpi_path_above(const char *path, size_t len);

/* The bundle of an Info.plist; 0 also for a file that is called otherwise. */
size_t vpi_bundle_of_info(const char *path);

/* Likewise of a _CodeSignature/CodeResources. */
size_t vpi_bundle_of_list(const char *path);

#endif
