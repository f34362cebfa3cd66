/* fuzz_inf.c - INF files, in any encoding */
#include <stdint.h>
#include <stdlib.h>

#include "format/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct image image;
    struct source src;
    volatile unsigned sum = 0;
    if (size == 0)
        return 0;
    /* The first byte is the memory cap, from less than one text to plenty. */
    vpi_arena_init(&arena, data[0] == 0 ? 0 : (size_t)data[0] * 1024);
    vpi_image_init(&image, &arena);
    vpi_source_init_memory(&src, span_of(data + 1, size - 1), &arena);
    if (vpi_inf_probe(src.memory))
        vpi_inf_read(&image, &src);
    if (image.format != VP_FORMAT_INF && image.text_count)
        abort();
    for (size_t i = 0; i < image.text_count; i++) {
        if (image.texts[i].utf8.len == 0 || !image.texts[i].field)
            abort();
        for (size_t k = 0; k < image.texts[i].utf8.len; k++)
            sum += image.texts[i].utf8.data[k];
    }
    (void)sum;
    vpi_arena_done(&arena);
    return 0;
}
