/* fuzz_stream.c - compressed streams: whatever they hold, within the limits */
#include <stdlib.h>

#include "container/container.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena, inner;
    struct source src;
    struct image image;
    uint64_t expanded = 64 << 20;
    vpi_arena_init(&arena, 4 << 20);
    vpi_arena_init(&inner, 4 << 20);
    vpi_image_init(&image, &arena);
    vpi_source_init_memory(&src, span_of(data, size), &arena);
    struct container c = {.src = &src,
                          .arena = &arena,
                          .image = &image,
                          .name = span_text("a.ko.xz"),
                          .limits = {1 << 20, &expanded}};
    struct span head = span_first(src.memory, SOURCE_HEAD), bytes;
    struct member member;
    if (vpi_container_open(&c, head)) {
        while (vpi_container_next(&c, &inner, &member)) {
            if (!vpi_source_get(&member.src, 0, member.src.size, &bytes) || bytes.len > 1 << 20)
                abort();
        }
    }
    vpi_container_close(&c);
    vpi_arena_done(&inner);
    vpi_arena_done(&arena);
    return 0;
}
