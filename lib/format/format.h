/* format.h - from a source to an image */
#ifndef VPI_FORMAT_FORMAT_H
#define VPI_FORMAT_FORMAT_H

#include "format/image.h"

/* Tries the readers of list.h and fills `image` (initialised).  Whether one knew the format is
 * image->format. */
void vpi_format_read(struct image *image, struct source *src);

/* Whether some reader would try an object that begins so. */
bool vpi_format_probe(struct span head);

/* Whether an object with this first byte may be one that some reader would try. */
bool vpi_format_may_begin(uint8_t first);

#define FORMAT(name, starts)                                                                       \
    bool vpi_##name##_probe(struct span head);                                                     \
    void vpi_##name##_read(struct image *image, struct source *src);
#include "format/list.h"
#undef FORMAT

/* A signed script, which has no first bytes to know it by: for what no other reader knew. */
void vpi_script_read(struct image *image, struct source *src, struct span head);

/* libmagic (lib/format/magic.c): words for what no reader knows.  A cookie a session, opened at the
 * first use; `magic_file` may be NULL. */
struct magic_words;
struct magic_words *vpi_magic_new(const char *magic_file);
void vpi_magic_free(struct magic_words *words);
/* Words for the first bytes of an object (at most 64 KiB are used); NULL and *ret_error on failure.
 */
const char *vpi_magic_describe(struct magic_words *words, struct span first,
                               const char **ret_error);

#endif
