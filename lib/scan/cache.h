/* cache.h - answers of earlier scans, kept in a file
 *
 * Read whole when the scan starts, so that nothing looks into a file that others change; replaced
 * by rename when the caller asks.  What was read is searched without a lock; what is new waits in
 * memory behind one.
 */
#ifndef VPI_SCAN_CACHE_H
#define VPI_SCAN_CACHE_H

#include "scan/walk.h"
#include "vendorprint/vendorprint.h"

struct cache;

/* `identity` stands for all that an answer depends on beside the file.  NULL: no memory. */
struct cache *vpi_cache_open(const char *path, struct vp_key identity);
void vpi_cache_free(struct cache *cache);

/* Which file an answer is of.  False: its identity can't be told, or it changed just now. */
bool vpi_cache_key(int fd, const char *path, struct vp_key *ret_key);

/* A key of a small file's content.  False: it can't be read. */
bool vpi_cache_content(const char *path, struct vp_key *ret_key);

/* The answer for `key`, or NULL.  Any thread. */
struct vp_result *vpi_cache_find(struct cache *cache, struct vp_db *db, struct vp_key key);

/* Keeps an answer; what there is no room for is not kept.  Any thread. */
void vpi_cache_add(struct cache *cache, struct vp_key key, const struct vp_result *result);

/* Replaces the file.  No thread uses the cache any more. */
enum vp_status vpi_cache_save(struct cache *cache, struct vp_scan_cache *ret, struct vp_error *err);

/* ---- walk_cache.c: the parts that only the system can tell */

/* What tells one state of one file from another: its file system, number, size and times. */
struct walk_identity {
    uint64_t values[6];
    bool settled; /* its last change is seconds old, so the next one will show */
};
bool vpi_walk_identity(int fd, struct walk_identity *ret);

/* All bytes of a regular file of this user that nobody else may write, from malloc.  False, with
 * an errno: it can't be had; ENOENT: there is none. */
bool vpi_walk_read(const char *path, size_t most, uint8_t **ret_bytes, size_t *ret_len,
                   int *ret_error);

/* Replaces a file by rename; 0 or an errno. */
int vpi_walk_replace(const char *path, const uint8_t *bytes, size_t len);

#endif
