/* zip.h - the few structures of ZIP (APPNOTE.TXT 6.3.10) that a package's signature is about */
#ifndef VPI_FORMAT_ZIP_H
#define VPI_FORMAT_ZIP_H

#include "format/image.h"

enum { ZIP_ENTRIES_MOST = 1 << 17, ZIP_DIRECTORY_MOST = 32 << 20, ZIP_COMMENT_MOST = 65535 };

/* The central directory, and the records behind it up to the end of the file. */
struct zip {
    struct image *image;
    struct source *src;
    uint64_t directory_off, end_off; /* of the directory; of what follows it */
    struct span directory, end;
    uint64_t count; /* entries that the end records say */
    bool wide;      /* ZIP64 */
};

struct zip_entry {
    struct span row, name; /* in the directory */
    unsigned method, flags;
    uint64_t packed_len, len, off; /* `off` of the local header */
};

/* Whether the last bytes of the file say that it has an entry called `name`: one small read. */
bool vpi_zip_tail_has(struct source *src, const char *name);

/* Finds and reads the directory.  False: there is none, or it is not read (a note or a gap). */
bool vpi_zip_open(struct zip *zip, struct image *image, struct source *src);

/* The next entry of `rest`, which is the directory at first. */
bool vpi_zip_next(struct span *rest, struct zip_entry *ret);
bool vpi_zip_find(const struct zip *zip, const char *name, struct zip_entry *ret);

/* Where the entry's own bytes begin, from its local header. */
bool vpi_zip_data(const struct zip *zip, const struct zip_entry *entry, uint64_t *ret_off);

/* The entry's content, stored or deflated, of at most `most` bytes. */
bool vpi_zip_content(const struct zip *zip, const struct zip_entry *entry, uint64_t most,
                     struct span *ret);

#endif
