/* compound.h - compound files ([MS-CFB]): streams in storages, in sectors of a file
 *
 * Windows Installer packages and old Office documents.  Everything lives in the image's arena;
 * chains and counts are bounded by the size of the file, so a loop ends.
 */
#ifndef VPI_FORMAT_COMPOUND_H
#define VPI_FORMAT_COMPOUND_H

#include "format/image.h"

enum {
    COMPOUND_FAT_MOST = 1 << 22,     /* sectors: 2 GiB of 512 bytes */
    COMPOUND_ENTRIES_MOST = 1 << 16, /* of the directory */
    COMPOUND_DEPTH_MOST = 16,        /* storages in storages */
};

#define COMPOUND_NOBODY 0xffffffffu /* no entry, and no sector: [MS-CFB] 2.1, 2.6.1 */

enum compound_type { COMPOUND_STORAGE = 1, COMPOUND_STREAM = 2, COMPOUND_ROOT = 5 };

struct compound_entry {
    struct span row;  /* 128 bytes of the directory */
    struct span name; /* UTF-16LE, without its NUL */
    enum compound_type type;
    uint32_t left, right, child; /* entries */
    uint32_t start;              /* sector */
    uint64_t len;
    uint64_t off; /* of the row in the file */
};

/* Sectors in the order of a chain. */
struct compound_chain {
    uint32_t *sectors;
    size_t count;
};

struct compound {
    struct image *image;
    struct source *src;
    unsigned sector_shift; /* 9 or 12 */
    uint32_t directory_start, mini_fat_start, difat_start, difat_count, fat_sectors;
    uint32_t *fat, *mini_fat;
    size_t fat_count, mini_fat_count;
    struct compound_chain mini; /* sectors of the root's stream, which small streams are in */
    struct compound_entry *entries;
    size_t entry_count;
};

/* Pieces of the file, in any order; grows in the image's arena. */
struct compound_pieces {
    struct source_range *ranges;
    size_t count, capacity;
};

/* The header, and the class of the root storage.  False: it is no compound file. */
bool vpi_compound_open(struct compound *c, struct image *image, struct source *src,
                       uint8_t ret_class[16]);

/* Sectors and directory.  False, with a note or a gap, when they can't be read. */
bool vpi_compound_load(struct compound *c);

/* Appends where the bytes of a stream stand.  False: its chain is broken, or no memory. */
bool vpi_compound_pieces(struct compound *c, const struct compound_entry *entry,
                         struct compound_pieces *pieces);
bool vpi_compound_piece_add(struct compound *c, struct compound_pieces *pieces, uint64_t off,
                            uint64_t len);

/* All bytes of a stream of at most `most`, in the arena. */
bool vpi_compound_bytes(struct compound *c, const struct compound_entry *entry, uint64_t most,
                        struct span *ret);

/* ---- compound_tree.c: the directory as a tree */

/* The entries of a storage, sorted by the bytes of their names.  `seen`, one a entry, marks what
 * was met before: then, or without memory, false. */
bool vpi_compound_children(struct compound *c, const struct compound_entry *storage, bool *seen,
                           const struct compound_entry ***ret, size_t *ret_count);

/* Calls `each` for every entry below the root, storages before and (`leaving`) after what they
 * hold, in the order in which signatures cover them.  The root is called last, leaving.  False:
 * the tree is no tree, it is too deep, or `each` said so. */
bool vpi_compound_walk(struct compound *c,
                       bool (*each)(void *context, const struct compound_entry *entry,
                                    unsigned depth, bool leaving),
                       void *context);

#endif
