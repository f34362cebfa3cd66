/* inf.c - what a driver package's INF says: who provides it, and what belongs to it */
#include "feature/feature.h"

static const struct {
    const char *field;
    uint16_t kind;
} fields[] = {
    {"Provider", KIND_COMPANY_NAME},         {"DriverVersion", KIND_PRODUCT_VERSION},
    {"Manufacturer", KIND_INF_MANUFACTURER}, {"Class", KIND_INF_CLASS},
    {"CatalogFile", KIND_INF_CATALOG},       {"File", KIND_INF_FILE},
    {"DriverDate", KIND_INF_DATE},
};

void vpi_family_inf(struct feature_work *work)
{
    const struct image *image = work->image;
    if (!(work->wanted & WANT_REST))
        return;
    for (size_t i = 0; i < image->text_count; i++) {
        const struct image_text *text = &image->texts[i];
        if (text->group != TEXT_INF)
            continue;
        for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) {
            if (strcmp(fields[k].field, text->field) != 0)
                continue;
            struct feature *feature = vpi_feature_add_text(work, fields[k].kind, text->utf8);
            if (feature)
                feature->language = text->language;
        }
    }
}
