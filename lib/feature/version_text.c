/* version_text.c - what an object says of itself, in every language: VERSIONINFO, Info.plist
 *
 * A field that has no kind of its own becomes "Field: value", so that both can be read and the
 * value's phrases are found.
 */
#include "feature/feature.h"

static const struct {
    const char *field;
    uint16_t kind;
} fields[] = {
    {"CompanyName", KIND_COMPANY_NAME},
    {"ProductName", KIND_PRODUCT_NAME},
    {"FileDescription", KIND_FILE_DESCRIPTION},
    {"LegalCopyright", KIND_LEGAL_COPYRIGHT},
    {"LegalTrademarks", KIND_LEGAL_TRADEMARKS},
    {"Comments", KIND_COMMENTS},
    {"InternalName", KIND_INTERNAL_NAME},
    {"OriginalFilename", KIND_ORIGINAL_FILENAME},
    {"FileVersion", KIND_FILE_VERSION},
    {"ProductVersion", KIND_PRODUCT_VERSION},
    /* An Info.plist's keys that mean the same. */
    {"CFBundleIdentifier", KIND_BUNDLE_ID},
    {"CFBundleName", KIND_PRODUCT_NAME},
    {"CFBundleDisplayName", KIND_PRODUCT_NAME},
    {"CFBundleExecutable", KIND_ORIGINAL_FILENAME},
    {"CFBundleShortVersionString", KIND_PRODUCT_VERSION},
    {"CFBundleVersion", KIND_FILE_VERSION},
    {"CFBundleGetInfoString", KIND_COMMENTS},
    {"NSHumanReadableCopyright", KIND_LEGAL_COPYRIGHT},
};

/* VerQueryValue compares names without case. */
static bool same_name(const char *a, const char *b)
{
    for (; *a && *b; a++, b++) {
        if (*a != *b && ((*a | 0x20) != (*b | 0x20) || (*a | 0x20) < 'a' || (*a | 0x20) > 'z'))
            return false;
    }
    return *a == *b;
}

static void add_text(struct feature_work *work, const struct image_text *text)
{
    struct feature *feature = NULL;
    size_t i = 0;
    if (text->utf8.len == 0)
        return;
    while (i < sizeof fields / sizeof *fields && !same_name(text->field, fields[i].field))
        i++;
    if (i < sizeof fields / sizeof *fields)
        feature = vpi_feature_add_text(work, fields[i].kind, text->utf8);
    else
        feature = vpi_feature_add_field(work, KIND_VERSION_OTHER, text);
    if (feature) {
        feature->language = text->language;
        feature->off = text->off;
        feature->len = text->len;
        feature->beside = text->beside;
    }
}

/* All zeros is what a build without a version leaves. */
static void add_fixed(struct feature_work *work, unsigned kind, const char *version)
{
    if (version && strcmp(version, "0.0.0.0") != 0)
        vpi_feature_add_text(work, kind, span_text(version));
}

void vpi_family_version_text(struct feature_work *work)
{
    const struct image *image = work->image;
    if (!(work->wanted & WANT_REST))
        return;
    for (size_t i = 0; i < image->text_count; i++) {
        if (image->texts[i].group == TEXT_VERSION)
            add_text(work, &image->texts[i]);
    }
    add_fixed(work, KIND_FIXED_FILE_VERSION, image->fixed_file_version);
    add_fixed(work, KIND_FIXED_PRODUCT_VERSION, image->fixed_product_version);
}
