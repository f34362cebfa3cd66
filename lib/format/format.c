/* format.c - from a source to an image: the first reader that knows the format */
#include "format/format.h"

static const struct reader_of {
    bool (*probe)(struct span head);
    void (*read)(struct image *image, struct source *src);
    const char *starts;
    size_t start_count;
} readers[] = {
#define FORMAT(name, starts) {vpi_##name##_probe, vpi_##name##_read, starts, sizeof starts - 1},
#include "format/list.h"
#undef FORMAT
};

void vpi_format_read(struct image *image, struct source *src)
{
    struct span head;
    if (!vpi_source_get_some(src, 0, SOURCE_HEAD, &head)) {
        vpi_image_short(image, src, 0, "the first bytes");
        return;
    }
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        if (!readers[i].probe(head))
            continue;
        readers[i].read(image, src);
        if (image->format != VP_FORMAT_OTHER)
            return;
    }
    vpi_script_read(image, src, head);
}

bool vpi_format_probe(struct span head)
{
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        if (readers[i].probe(head))
            return true;
    }
    return false;
}

bool vpi_format_may_begin(uint8_t first)
{
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        if (memchr(readers[i].starts, first, readers[i].start_count))
            return true;
    }
    return false;
}
