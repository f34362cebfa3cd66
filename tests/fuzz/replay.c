/* replay.c - runs a fuzz target over every file of the folders given, without libFuzzer
 *
 * So the corpus is a test under every compiler.  Each input stands in a buffer of exactly its size.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* False: it can't be read. */
static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = NULL;
    long size = -1;
    int good = 0;
    if (!file)
        return 0;
    if (fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    if (size >= 0 && fseek(file, 0, SEEK_SET) == 0)
        bytes = malloc(size ? (size_t)size : 1);
    if (bytes && fread(bytes, 1, (size_t)size, file) == (size_t)size) {
        LLVMFuzzerTestOneInput(bytes, (size_t)size);
        good = 1;
    }
    free(bytes);
    fclose(file);
    return good;
}

static unsigned replay_folder(const char *folder, unsigned *failed)
{
    unsigned count = 0;
    DIR *dir = opendir(folder);
    if (!dir) {
        fprintf(stderr, "%s: can't be opened\n", folder);
        ++*failed;
        return 0;
    }
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (!replay_file(path)) {
            fprintf(stderr, "%s: can't be read\n", path);
            ++*failed;
        }
        count++;
    }
    closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    unsigned count = 0, failed = 0;
    for (int i = 1; i < argc; i++)
        count += replay_folder(argv[i], &failed);
    printf("%u inputs\n", count);
    return count && !failed ? EXIT_SUCCESS : EXIT_FAILURE;
}
