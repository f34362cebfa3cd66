/* fixture.h - the files that tests/fixtures made; NULL when their tools were absent at the build */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The path of a fixture, in a buffer that the next call reuses. */
static inline const char *fixture_path(const char *name)
{
    static char path[4096];
    const char *folder = getenv("VENDORPRINT_FIXTURES");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : ".", name);
    return path;
}

/* Its bytes, in a buffer of exactly their size that the caller frees. */
static inline uint8_t *fixture_read(const char *name, size_t *ret_len)
{
    FILE *file = fopen(fixture_path(name), "rb");
    if (!file)
        return NULL;
    fseek(file, 0, SEEK_END);
    long len = ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(len > 0 ? (size_t)len : 1);
    if (len <= 0 || !bytes || fread(bytes, 1, (size_t)len, file) != (size_t)len) {
        free(bytes);
        fclose(file);
        return NULL;
    }
    fclose(file);
    *ret_len = (size_t)len;
    return bytes;
}
