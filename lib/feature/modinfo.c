/* modinfo.c - what a Linux kernel module says of itself */
#include "feature/feature.h"

static const struct {
    const char *field;
    uint16_t kind;
} fields[] = {
    {"author", KIND_MODINFO_AUTHOR},   {"description", KIND_MODINFO_DESCRIPTION},
    {"license", KIND_MODINFO_LICENSE}, {"version", KIND_MODINFO_VERSION},
    {"name", KIND_MODULE_NAME},
};

void vpi_family_modinfo(struct feature_work *work)
{
    const struct image *image = work->image;
    if (!(work->wanted & WANT_REST))
        return;
    for (size_t i = 0; i < image->text_count; i++) {
        const struct image_text *text = &image->texts[i];
        size_t k = 0;
        if (text->group != TEXT_MODINFO)
            continue;
        while (k < sizeof fields / sizeof *fields && strcmp(fields[k].field, text->field) != 0)
            k++;
        struct feature *feature = k < sizeof fields / sizeof *fields
                                      ? vpi_feature_add_text(work, fields[k].kind, text->utf8)
                                      : vpi_feature_add_field(work, KIND_MODINFO_OTHER, text);
        if (feature) {
            feature->off = text->off;
            feature->len = text->len;
        }
    }
}
