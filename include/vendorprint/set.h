/* set.h - signature sets: checking and compiling them (libvendorprint-set)
 *
 * For researchers' tools.  An embedder who only examines files needs vendorprint.h alone.  Rules
 * for errors, structs and text are those of vendorprint.h.  One thread at a time a set.
 */
#ifndef VENDORPRINT_SET_H
#define VENDORPRINT_SET_H

#include <vendorprint/vendorprint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vp_set;

enum vp_severity { VP_SEVERITY_WARNING = 1, VP_SEVERITY_ERROR = 2, VP_SEVERITY_NOTE = 3 };

/* One thing that is wrong with a set, or doubtful. */
struct vp_diagnostic {
    size_t size;
    enum vp_severity severity;
    const char *file;      /* as given to vp_set_load, joined with the path inside the set */
    uint32_t line, column; /* from 1; 0: the whole file */
    const char *text;      /* one line */
};

struct vp_set_options {
    size_t size;
    const char *beside; /* a path beside which temporary files may stand, under names made of it;
                         * NULL: the system's folder for them.  Kept until vp_set_free */
    uint64_t memory;    /* for keys that are being sorted, beyond which they go to temporary files
                         * [512 MiB]; texts and gates, each once, come on top */
    unsigned threads;   /* that read tables, sort, merge and write [1]: 1 starts none */
};

/* Reads the set in `folder` (set.yaml, vendors/, products/, hashes/, keys/, policies/, anchors/).
 * VP_OK also when it has errors: see vp_set_diagnostic.  VP_E_IO, VP_E_NOT_FOUND, VP_E_MEMORY
 * otherwise. */
VP_API enum vp_status vp_set_load(const char *folder, struct vp_set **ret_set,
                                  struct vp_error *err);

/* Like vp_set_load, but one set of the files of `count` folders, in any order.  An id stands in one
 * of them, and what one says may name what another has.  Serial and date are those of the newest
 * set.yaml; it expires with the first that does.  options NULL: as zeros. */
VP_API enum vp_status vp_set_load_folders(const char *const *folders, size_t count,
                                          const struct vp_set_options *options,
                                          struct vp_set **ret_set, struct vp_error *err);
VP_API void vp_set_free(struct vp_set *set);

/* Diagnostic number `index`, ordered by file, line and column; VP_E_NOT_FOUND beyond the end. */
VP_API enum vp_status vp_set_diagnostic(const struct vp_set *set, uint32_t index,
                                        struct vp_diagnostic *ret_diagnostic);

/* How many errors the set has; with errors it can't be compiled. */
VP_API uint32_t vp_set_errors(const struct vp_set *set);

/* Compiles the set to a database in memory, the same bytes on any machine; the bytes are the set's
 * and live until vp_set_free.  VP_E_SET: it has errors. */
VP_API enum vp_status vp_set_compile(struct vp_set *set, const uint8_t **ret_data, size_t *ret_len,
                                     struct vp_error *err);

/* Like vp_set_compile, but writes the file `path`: beside it first, then renamed over it.  It need
 * not fit into memory. */
VP_API enum vp_status vp_set_build(struct vp_set *set, const char *path, struct vp_error *err);

/* Merges compiled databases to the file `path`, in any order: what sets give that were compiled
 * apart is what they give compiled together.  Equal subjects, records, gates and anchors are kept
 * once; what is signed or unknown to this version is left out.  VP_E_SET: two of them say different
 * things of one subject, policy, kind or calibration.  VP_E_DATABASE: one is damaged. */
VP_API enum vp_status vp_set_merge(const char *const *databases, size_t count, const char *path,
                                   const struct vp_set_options *options, struct vp_error *err);

#ifdef __cplusplus
}
#endif
#endif
