/* build.h - a database from any number of keys, in bounded memory
 *
 * The same keys give the same bytes on any machine, whatever order they come in, however much
 * memory there is and however many threads sort.  What is written twice is equal, too.  One thread
 * at a time uses a build.
 */
#ifndef VPI_SET_BUILD_H
#define VPI_SET_BUILD_H

#include "set/sort.h"
#include "set/write.h"

struct vpi_build;

struct build_options {
    const char *beside; /* a path beside which temporary files may stand; empty: the system's
                         * folder for them; NULL: all in memory */
    size_t memory;      /* for keys that are being sorted, if `beside` [512 MiB] */
    unsigned threads;   /* that sort, merge and write [1]: 1 starts none */
};

enum vp_status vpi_build_new(const struct build_options *options, struct arena *arena,
                             struct vpi_build **ret_build, struct vp_error *err);
void vpi_build_free(struct vpi_build *build);

/* Adds what the set says of one key; the texts are copied.  record->vendor is ignored. */
enum vp_status vpi_build_add(struct vpi_build *build, struct hash128 key,
                             const struct db_record *record, struct vp_error *err);

/* Where the text says something of a key: numbers that the caller gives a meaning. */
struct build_place {
    uint32_t origin, line, column;
};

/* Like vpi_build_add; record->gate is what vpi_build_gate returned, or VPDB_NO_ROW. */
enum vp_status vpi_build_add_at(struct vpi_build *build, struct hash128 key,
                                const struct db_record *record, struct build_place place,
                                struct vp_error *err);

/* A gate that records name by the number returned; VPDB_NO_ROW: no memory.  A build that was given
 * gates leaves those of the content out. */
uint32_t vpi_build_gate(struct vpi_build *build, const struct db_gate *gate);

/* Nothing is added any more.  Calls `take` for each key of which more than one record was added,
 * with all of them, in no order; texts and gates are numbers that are equal for equal ones. */
enum vp_status vpi_build_shared(struct vpi_build *build,
                                void (*take)(void *context, struct sort_item *items, size_t count),
                                void *context, struct vp_error *err);

/* The group in whose table a kind's keys are: 0 'X', 1 'T', 2 'L'. */
unsigned vpi_build_group(unsigned kind);

/* Writes the database, with what `content` says besides keys.  Nothing is added any more. */
enum vp_status vpi_build_write(struct vpi_build *build, const struct write_content *content,
                               struct sink *sink, struct vp_error *err);

/* Like vpi_build_write, to a file beside `path` that is renamed over it. */
enum vp_status vpi_build_file(struct vpi_build *build, const struct write_content *content,
                              const char *path, struct vp_error *err);

#endif
