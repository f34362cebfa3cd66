/* tree_floor.c FOLDER [all] - what a plain loop costs: walk a folder, open every file, look at its
 * first bytes, and read and hash with XXH3-128 those that are executables (MZ, ELF, Mach-O), or all
 */
#define _XOPEN_SOURCE 700 /* nftw */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"

enum { BUFFER = 256 << 10, FIRST = 4 << 10 };

static uint8_t buffer[BUFFER];
static uint64_t files, executables, bytes, mix;
static bool all;

static bool is_executable(const uint8_t *first, size_t len)
{
    static const uint8_t magics[][4] = {{0x7f, 'E', 'L', 'F'},
                                        {0xcf, 0xfa, 0xed, 0xfe},
                                        {0xce, 0xfa, 0xed, 0xfe},
                                        {0xca, 0xfe, 0xba, 0xbe}};
    if (len < 4)
        return false;
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        if (memcmp(first, magics[i], 4) == 0)
            return true;
    }
    return first[0] == 'M' && first[1] == 'Z';
}

static void read_file(int fd)
{
    ssize_t got = pread(fd, buffer, FIRST, 0);
    bool executable = got > 0 && is_executable(buffer, (size_t)got);
    executables += executable;
    if (!executable && !all)
        return;
    struct hash_stream stream;
    vpi_hash_begin(&stream);
    for (off_t off = 0; (got = pread(fd, buffer, BUFFER, off)) > 0; off += got) {
        vpi_hash_add(&stream, span_of(buffer, (size_t)got));
        bytes += (uint64_t)got;
    }
    mix ^= vpi_hash_end(&stream).low;
}

static int visit(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)ftw;
    if (flag != FTW_F || !S_ISREG(st->st_mode))
        return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return 0;
    files++;
    read_file(fd);
    close(fd);
    return 0;
}

int main(int argc, char **argv)
{
    all = argc == 3 && strcmp(argv[2], "all") == 0;
    if (argc < 2 || nftw(argv[1], visit, 64, FTW_PHYS) != 0)
        return 1;
    printf("%llu files, %llu executables, %llu bytes (%016llx)\n", (unsigned long long)files,
           (unsigned long long)executables, (unsigned long long)bytes, (unsigned long long)mix);
    return 0;
}
