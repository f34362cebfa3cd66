/* format.c - from a source to an image: the first reader that knows the format */
#include "format/format.h"

static const struct reader_of {
    bool (*probe)(struct span head);
    void (*read)(struct image *image, struct source *src);
} readers[] = {
#define FORMAT(name) {vpi_##name##_probe, vpi_##name##_read},
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
