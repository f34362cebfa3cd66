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

/* Reads the set in `folder` (set.yaml, vendors/, products/, hashes/, policies/).  VP_OK also when
 * it has errors: see vp_set_diagnostic.  VP_E_IO, VP_E_NOT_FOUND, VP_E_MEMORY otherwise. */
VP_API enum vp_status vp_set_load(const char *folder, struct vp_set **ret_set,
                                  struct vp_error *err);
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

/* Like vp_set_compile, but writes the file `path`: beside it first, then renamed over it. */
VP_API enum vp_status vp_set_build(struct vp_set *set, const char *path, struct vp_error *err);

#ifdef __cplusplus
}
#endif
#endif
