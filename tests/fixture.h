/* fixture.h - the files that tests/fixtures made; NULL when their tools were absent at the build */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The path of a fixture, in a buffer that the next call reuses. */
static inline const char *fixture_path(const char *name)
{
    static char path[4096];
    const char *folder = getenv("VENDORPRINT_FIXTURES");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : ".", name);
    return path;
}

/* A fixture's folder is there when its tools are: then a missing one is a mistake, no excuse. */
static inline void fixture_missing(const char *name)
{
    char folder[64];
    snprintf(folder, sizeof folder, "%.*s", (int)strcspn(name, "/"), name);
    if (access(fixture_path(folder), F_OK) == 0) {
        fprintf(stderr, "no fixture is called %s\n", name);
        abort();
    }
    fprintf(stderr, "not tested: there are no fixtures in %s\n", folder);
}

/* Its bytes, in a buffer of exactly their size that the caller frees. */
static inline uint8_t *fixture_read(const char *name, size_t *ret_len)
{
    FILE *file = fopen(fixture_path(name), "rb");
    if (!file) {
        fixture_missing(name);
        return NULL;
    }
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
