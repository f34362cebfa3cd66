/* package_text.c - what installers and packages say of themselves: MSI's properties and summary,
 * the manifest of MSIX
 */
#include "feature/feature.h"

static const struct {
    enum image_text_group group;
    const char *field;
    uint16_t kind;
} fields[] = {
    {TEXT_MSI, "Manufacturer", KIND_COMPANY_NAME},
    {TEXT_MSI, "ManufacturerName", KIND_COMPANY_NAME},
    {TEXT_MSI, "ProductName", KIND_PRODUCT_NAME},
    {TEXT_MSI, "TargetProductName", KIND_PRODUCT_NAME},
    {TEXT_MSI, "DisplayName", KIND_FILE_DESCRIPTION},
    {TEXT_MSI, "ProductVersion", KIND_PRODUCT_VERSION},
    {TEXT_MSI, "ProductCode", KIND_MSI_PRODUCT_CODE},
    {TEXT_MSI, "UpgradeCode", KIND_MSI_UPGRADE_CODE},
    {TEXT_MSI, "summary.Revision", KIND_MSI_PACKAGE_CODE},
    {TEXT_MSI, "summary.Application", KIND_MSI_TOOL},
    {TEXT_APPX, "Name", KIND_APPX_NAME},
    {TEXT_APPX, "Publisher", KIND_APPX_PUBLISHER},
    {TEXT_APPX, "Version", KIND_PRODUCT_VERSION},
    {TEXT_APPX, "DisplayName", KIND_PRODUCT_NAME},
    {TEXT_APPX, "PublisherDisplayName", KIND_COMPANY_NAME},
    {TEXT_APPX, "Description", KIND_FILE_DESCRIPTION},
};

static void add(struct feature_work *work, const struct image_text *text)
{
    struct image_text other = *text;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (fields[i].group == text->group && strcmp(fields[i].field, text->field) == 0) {
            vpi_feature_add_text(work, fields[i].kind, text->utf8);
            return;
        }
    }
    if (text->group != TEXT_MSI)
        return;
    if (strncmp(text->field, "summary.", 8) == 0)
        other.field += 8;
    vpi_feature_add_field(work, KIND_MSI_OTHER, &other);
}

void vpi_family_package_text(struct feature_work *work)
{
    const struct image *image = work->image;
    if (!(work->wanted & WANT_REST))
        return;
    for (size_t i = 0; i < image->text_count; i++) {
        if (image->texts[i].group == TEXT_MSI || image->texts[i].group == TEXT_APPX)
            add(work, &image->texts[i]);
    }
}

static bool contains(struct span text, struct span name)
{
    for (size_t at = 0; at + name.len <= text.len; at++) {
        if (memcmp(text.data + at, name.data, name.len) == 0)
            return true;
    }
    return false;
}

void vpi_package_publisher(struct feature_work *work, const struct certificate *leaf)
{
    const struct image *image = work->image;
    struct span name = leaf->common_name.len ? leaf->common_name : leaf->organization;
    for (size_t i = 0; i < image->text_count && name.len; i++) {
        const struct image_text *text = &image->texts[i];
        if (text->group == TEXT_APPX && strcmp(text->field, "Publisher") == 0 &&
            !contains(span_first(text->utf8, CANONICAL_MOST), name))
            vpi_image_note(work->notes, VP_NOTE_PUBLISHER_DIFFERS, VP_NONE,
                           "the manifest names another publisher than the signer's certificate");
    }
}
