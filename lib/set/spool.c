/* spool.c - bytes written once and read several times */
#include "set/spool.h"

#include <errno.h>
#include <stdlib.h>

enum { PATH_MOST = 4096 };

/* The buffer is ours: stdio would fill its own at every place that is read. */
static enum vp_status begin(struct spool *spool, struct vp_error *err)
{
    spool->data = malloc(SPOOL_BUFFER);
    if (spool->data && setvbuf(spool->file, NULL, _IONBF, 0) == 0)
        return VP_OK;
    vpi_spool_done(spool);
    return vpi_fail(err, VP_E_MEMORY, "no memory for a temporary file");
}

enum vp_status vpi_spool_init(struct spool *spool, const char *beside, const char *name,
                              struct vp_error *err)
{
    char path[PATH_MOST];
    memset(spool, 0, sizeof *spool);
    if (!beside)
        return VP_OK;
    if (!*beside) {
        spool->file = tmpfile();
        return spool->file ? begin(spool, err)
                           : vpi_fail_errno(err, VP_E_IO, errno, "a temporary file");
    }
    int len = snprintf(path, sizeof path, "%s.%s", beside, name);
    if (len < 0 || (size_t)len >= sizeof path)
        return vpi_fail(err, VP_E_ARGUMENT, "%s: too long a path", beside);
    spool->file = fopen(path, "w+bx");
    if (!spool->file)
        return vpi_fail_errno(err, VP_E_IO, errno, "%s", path);
    remove(path);
    return begin(spool, err);
}

void vpi_spool_done(struct spool *spool)
{
    if (spool->file)
        fclose(spool->file);
    free(spool->data);
    memset(spool, 0, sizeof *spool);
}

/* Not from an arena: these are gigabytes that grow, and go before the database is written. */
static bool make_room(struct spool *spool, size_t len)
{
    if (len <= spool->capacity - spool->len)
        return true;
    size_t larger = spool->capacity ? spool->capacity : 4096;
    while (larger - spool->len < len && larger <= SIZE_MAX / 2)
        larger *= 2;
    uint8_t *data = larger - spool->len < len ? NULL : realloc(spool->data, larger);
    if (!data)
        return false;
    spool->data = data;
    spool->capacity = larger;
    return true;
}

/* To the end of the file, wherever it was read. */
static void write_file(struct spool *spool, const void *bytes, size_t len)
{
    spool->failed = spool->failed || fseeko(spool->file, 0, SEEK_END) != 0 ||
                    fwrite(bytes, 1, len, spool->file) != len;
}

static void flush(struct spool *spool)
{
    if (spool->buffered > 0)
        write_file(spool, spool->data, spool->buffered);
    spool->buffered = 0;
}

void vpi_spool_write(struct spool *spool, const void *bytes, size_t len)
{
    if (spool->failed || len == 0)
        return;
    if (!spool->file) {
        spool->failed = !make_room(spool, len);
        if (!spool->failed)
            memcpy(spool->data + spool->len, bytes, len);
    } else {
        if (len > SPOOL_BUFFER - spool->buffered)
            flush(spool);
        if (len > SPOOL_BUFFER) {
            write_file(spool, bytes, len);
        } else {
            memcpy(spool->data + spool->buffered, bytes, len);
            spool->buffered += len;
        }
    }
    if (!spool->failed)
        spool->len += len;
}

bool vpi_spool_read(struct spool *spool, uint64_t off, void *ret, size_t len)
{
    if (spool->failed || off > spool->len || len > spool->len - off)
        return false;
    if (len == 0)
        return true;
    if (!spool->file) {
        memcpy(ret, spool->data + off, len);
        return true;
    }
    flush(spool);
    spool->failed = spool->failed || fseeko(spool->file, (off_t)off, SEEK_SET) != 0 ||
                    fread(ret, 1, len, spool->file) != len;
    return !spool->failed;
}
