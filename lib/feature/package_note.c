/* package_note.c - what a package, or the package note of an ELF file, says of itself: who
 * distributes it, not who wrote it
 */
#include "feature/feature.h"

struct field {
    const char *field;
    uint16_t kind;
};

static const struct field note_fields[] = {
    {"name", KIND_PACKAGE_NAME}, {"version", KIND_PACKAGE_VERSION}, {"os", KIND_PACKAGE_OS}};
static const struct field package_fields[] = {
    {"name", KIND_PACKAGE_NAME},           {"version", KIND_PACKAGE_VERSION},
    {"vendor", KIND_PACKAGE_VENDOR},       {"maintainer", KIND_PACKAGE_MAINTAINER},
    {"summary", KIND_PACKAGE_SUMMARY},     {"url", KIND_PACKAGE_URL},
    {"buildhost", KIND_PACKAGE_BUILD_HOST}};

static uint16_t kind_of(const struct field *fields, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(fields[i].field, name) == 0)
            return fields[i].kind;
    }
    return KIND_NONE;
}

void vpi_family_package_note(struct feature_work *work)
{
    const struct image *image = work->image;
    bool package = image->role == VP_ROLE_PACKAGE;
    if (!(work->wanted & WANT_REST))
        return;
    for (size_t i = 0; i < image->text_count; i++) {
        const struct image_text *text = &image->texts[i];
        if (text->group != TEXT_PACKAGE)
            continue;
        uint16_t kind =
            package ? kind_of(package_fields, sizeof package_fields / sizeof *package_fields,
                              text->field)
                    : kind_of(note_fields, sizeof note_fields / sizeof *note_fields, text->field);
        struct feature *feature = NULL;
        if (kind != KIND_NONE)
            feature = vpi_feature_add_text(work, kind, text->utf8);
        else if (package)
            feature = vpi_feature_add_field(work, KIND_PACKAGE_OTHER, text);
        if (feature && text->off != VP_NONE) {
            feature->off = text->off;
            feature->len = text->len;
        }
    }
}
