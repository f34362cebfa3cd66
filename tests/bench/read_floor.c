/* read_floor.c - what reading costs: the files named as arguments, read to their end
 *
 * With -x each is hashed with XXH3-128 too, by the library's own variant for this processor.  The
 * buffer is as large as the library's blocks.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"

enum { BUFFER = 256 << 10 };

static uint64_t read_file(const char *path, uint8_t *buffer, bool hash, uint64_t *mix)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    struct hash_stream stream;
    if (hash)
        vpi_hash_begin(&stream);
    uint64_t total = 0;
    ssize_t got;
    while ((got = read(fd, buffer, BUFFER)) > 0) {
        total += (uint64_t)got;
        if (hash)
            vpi_hash_add(&stream, span_of(buffer, (size_t)got));
    }
    close(fd);
    if (hash)
        *mix ^= vpi_hash_end(&stream).low;
    return total;
}

int main(int argc, char **argv)
{
    bool hash = argc > 1 && strcmp(argv[1], "-x") == 0;
    uint8_t *buffer = malloc(BUFFER);
    if (!buffer)
        return 1;
    uint64_t files = 0, bytes = 0, mix = 0;
    for (int i = 1 + hash; i < argc; i++) {
        bytes += read_file(argv[i], buffer, hash, &mix);
        files++;
    }
    /* The hash is printed so that it can't be left out. */
    printf("%llu files %llu bytes %016llx\n", (unsigned long long)files, (unsigned long long)bytes,
           (unsigned long long)mix);
    free(buffer);
    return 0;
}
