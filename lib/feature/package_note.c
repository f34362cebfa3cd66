/* package_note.c - the package that an ELF file was built for: who distributes it, not who wrote it
 */
#include "feature/feature.h"

static const struct {
    const char *field;
    uint16_t kind;
} fields[] = {
    {"name", KIND_PACKAGE_NAME}, {"version", KIND_PACKAGE_VERSION}, {"os", KIND_PACKAGE_OS}};

void vpi_family_package_note(struct feature_work *work)
{
    const struct image *image = work->image;
    if (!(work->wanted & WANT_REST))
        return;
    for (size_t i = 0; i < image->text_count; i++) {
        const struct image_text *text = &image->texts[i];
        for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) {
            if (text->group != TEXT_PACKAGE || strcmp(fields[k].field, text->field) != 0)
                continue;
            struct feature *feature = vpi_feature_add_text(work, fields[k].kind, text->utf8);
            if (feature) {
                feature->off = text->off;
                feature->len = text->len;
            }
        }
    }
}
