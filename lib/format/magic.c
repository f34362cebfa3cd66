/* magic.c - libmagic's words for what no reader knows; the only file that sees magic.h */
#include "format/format.h"

#include <magic.h>
#include <stdlib.h>

enum { MAGIC_BYTES = 64 << 10 };

/* Lives as long as a session, beyond the arena of one object, hence malloc. */
struct magic_words {
    magic_t cookie; /* NULL until the first use: loading the database costs milliseconds */
    char *file;
    const char *error; /* the cookie can't be had; not tried again */
};

struct magic_words *vpi_magic_new(const char *magic_file)
{
    struct magic_words *words = calloc(1, sizeof *words);
    if (!words || !magic_file)
        return words;
    size_t len = strlen(magic_file) + 1;
    words->file = malloc(len);
    if (!words->file) {
        free(words);
        return NULL;
    }
    memcpy(words->file, magic_file, len);
    return words;
}

void vpi_magic_free(struct magic_words *words)
{
    if (!words)
        return;
    if (words->cookie)
        magic_close(words->cookie);
    free(words->file);
    free(words);
}

/* Nothing that would unpack, fork or open a file: the words are of the bytes as they are. */
static bool cookie_open(struct magic_words *words)
{
    if (words->cookie || words->error)
        return words->cookie != NULL;
    magic_t cookie = magic_open(MAGIC_NO_CHECK_COMPRESS);
    if (!cookie) {
        words->error = "libmagic has no memory";
        return false;
    }
    if (magic_load(cookie, words->file) != 0) {
        magic_close(cookie);
        words->error = "libmagic can't load its data";
        return false;
    }
    words->cookie = cookie;
    return true;
}

const char *vpi_magic_describe(struct magic_words *words, struct span first, const char **ret_error)
{
    if (!cookie_open(words)) {
        *ret_error = words->error;
        return NULL;
    }
    first = span_first(first, MAGIC_BYTES);
    const char *text =
        magic_buffer(words->cookie, first.len ? (const void *)first.data : "", first.len);
    if (!text)
        *ret_error = "libmagic failed on these bytes";
    return text;
}
