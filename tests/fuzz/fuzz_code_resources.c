/* fuzz_code_resources.c - any bytes as the list of a bundle's files */
#include <stdlib.h>

#include "trust/code_resources.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct code_resource *entry)
{
    struct span path = entry->path;
    if (path.len == 0 || path.len > CODE_RESOURCE_PATH_MOST || path.data[0] == '/')
        abort();
    for (size_t i = 0; i < path.len; i++) {
        bool begins = i == 0 || path.data[i - 1] == '/';
        bool ends = i + 2 == path.len || (i + 2 < path.len && path.data[i + 2] == '/');
        if (path.data[i] == 0 || (begins && ends && path.data[i] == '.' && path.data[i + 1] == '.'))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct code_resources resources;
    if (size == 0)
        return 0;
    /* The first byte is the memory cap. */
    vpi_arena_init(&arena, data[0] == 0 ? 0 : (size_t)data[0] * 256);
    if (vpi_code_resources_read(&arena, span_of(data + 1, size - 1), &resources)) {
        if (resources.count > CODE_RESOURCES_MOST || (resources.count && !resources.items))
            abort();
        for (size_t i = 0; i < resources.count; i++)
            check(&resources.items[i]);
    }
    vpi_arena_done(&arena);
    return 0;
}
