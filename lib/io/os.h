/* os.h - files of the operating system; os_*.c implement it, and nothing else includes its headers
 */
#ifndef VPI_IO_OS_H
#define VPI_IO_OS_H

#include "io/source.h"

/* An open file and what it was when it was opened. */
struct os_file {
    int fd;
    bool owned; /* vpi_file_close closes it */
    bool regular;
    uint64_t size;
    int64_t modified[2], changed[2]; /* seconds, nanoseconds */
    int error;                       /* errno of the last failed read */
};

/* Opens a regular file for reading without following a link in the last part, without waiting, and
 * without changing its access time where that is allowed.  VP_E_NOT_REGULAR for anything else. */
enum vp_status vpi_file_open(const char *path, struct os_file *ret, struct vp_error *err);

/* Like vpi_file_open, but an open descriptor, which stays the caller's; may be a pipe. */
enum vp_status vpi_file_of(int fd, struct os_file *ret, struct vp_error *err);

void vpi_file_close(struct os_file *file);

/* Whether size or times differ from what they were when it was opened. */
bool vpi_file_changed(const struct os_file *file);

/* Reads from a struct os_file. */
extern const struct source_ops vpi_file_ops;

/* An extended attribute of a struct os_file: for struct source. */
int64_t vpi_file_attribute(void *file, const char *name, void *buffer, size_t len);

/* How much of a pipe may be kept, and where. */
struct os_spool {
    uint64_t in_memory;
    const char *folder; /* for what is longer, or NULL */
    uint64_t in_folder;
};

/* Reads a pipe to its end: into the arena (ret_bytes), or into an unlinked file in the folder, to
 * which *file is then set.  *ret_whole is false when it is longer than may be kept. */
enum vp_status vpi_file_spool(struct os_file *file, const struct os_spool *spool,
                              struct arena *arena, struct span *ret_bytes, bool *ret_whole,
                              struct vp_error *err);

/* Milliseconds of a clock that only goes forward. */
uint64_t vpi_clock_ms(void);

#endif
