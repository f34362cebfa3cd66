/* msix.c - MSIX and AppX packages and bundles: ZIP files with a signature in AppxSignature.p7x
 *
 * The signature has five digests ("APPX Package Digital Signature", after osslsigncode's appx.c):
 *     AXPC    the file up to the signature's own entry, which is the last one
 *     AXCD    the directory and its end as they were before the signature was put in
 *     AXCT    [Content_Types].xml     AXBM    AppxBlockMap.xml     AXCI    CodeIntegrity.cat
 * the last three of the content, unpacked.
 */
#include "format/format.h"
#include "format/xml.h"
#include "format/zip.h"

enum {
    PART_MOST = 16 << 20,
    SIGNATURE_MOST = 8 << 20,
    P7X_HEADER = 4,
    END = 22,
    END_WIDE = 56,
    LOCATOR = 20
};

#define SIGNATURE_NAME "AppxSignature.p7x"

bool vpi_msix_probe(struct span head)
{
    return head.len >= 30 && memcmp(head.data, "PK\3\4", 4) == 0;
}

static void put(uint8_t *to, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

/* The end records as they were: one row less, the directory where the signature is now.  Numbers
 * that stood in the ZIP64 record alone keep standing there. */
static void end_restore(const struct zip *zip, uint8_t *end, size_t len, uint64_t directory_len,
                        uint64_t off)
{
    size_t at = 0;
    if (zip->wide) {
        put(end + 24, zip->count - 1, 8);
        put(end + 32, zip->count - 1, 8);
        put(end + 40, directory_len, 8);
        put(end + 48, off, 8);
        put(end + len - END - LOCATOR + 8, off + directory_len, 8);
        at = len - END;
    }
    uint64_t now;
    struct span last = span_of(end + at, END);
    /* What a packager writes as "none" in the numbers of disks is 0 when it is signed. */
    put(end + at + 4, 0, 4);
    if (span_uint(last, 8, 2, &now) && now != 0xffff)
        put(end + at + 8, zip->count - 1, 2);
    if (span_uint(last, 10, 2, &now) && now != 0xffff)
        put(end + at + 10, zip->count - 1, 2);
    if (span_uint(last, 12, 4, &now) && now != 0xffffffff)
        put(end + at + 12, directory_len, 4);
    if (span_uint(last, 16, 4, &now) && now != 0xffffffff)
        put(end + at + 16, off, 4);
}

/* The directory without the row of the signature, and its end. */
static bool directory_restore(const struct zip *zip, const struct zip_entry *signature,
                              struct span *ret)
{
    size_t before = (size_t)(signature->row.data - zip->directory.data);
    size_t rest = zip->directory.len - before - signature->row.len;
    size_t end_len = zip->end.len;
    size_t expected = zip->wide ? END_WIDE + LOCATOR + END : END;
    if (end_len != expected || zip->count == 0)
        return false; /* a comment, or records that nobody signs */
    uint8_t *bytes = vpi_arena_bytes(zip->image->arena, before + rest + end_len);
    if (!bytes)
        return false;
    memcpy(bytes, zip->directory.data, before);
    if (rest)
        memcpy(bytes + before, zip->directory.data + before + signature->row.len, rest);
    memcpy(bytes + before + rest, zip->end.data, end_len);
    end_restore(zip, bytes + before + rest, end_len, before + rest, signature->off);
    *ret = span_of(bytes, before + rest + end_len);
    return true;
}

static bool part(const struct zip *zip, const char *name, struct span *ret)
{
    struct zip_entry entry;
    return vpi_zip_find(zip, name, &entry) && vpi_zip_content(zip, &entry, PART_MOST, ret);
}

/* Whether nothing lies between the signature's content and the directory but its own descriptor. */
static bool is_last(const struct zip *zip, const struct zip_entry *signature)
{
    enum { DESCRIPTOR = 8, DESCRIPTOR_LEN_MOST = 24 };
    uint64_t off;
    if (!vpi_zip_data(zip, signature, &off) || off > zip->directory_off ||
        signature->packed_len > zip->directory_off - off)
        return false;
    uint64_t left = zip->directory_off - off - signature->packed_len;
    return left == 0 || (signature->flags & DESCRIPTOR && left <= DESCRIPTOR_LEN_MOST);
}

static void signature_read(const struct zip *zip)
{
    struct image *image = zip->image;
    struct zip_entry entry;
    struct span bytes;
    if (!vpi_zip_find(zip, SIGNATURE_NAME, &entry))
        return;
    if (!vpi_zip_content(zip, &entry, SIGNATURE_MOST, &bytes) || bytes.len <= P7X_HEADER ||
        memcmp(bytes.data, "PKCX", P7X_HEADER) != 0) {
        vpi_image_note(image, VP_NOTE_SIGNATURE_UNREADABLE, entry.off, "signature");
        return;
    }
    struct image_blob *blob = vpi_image_blob(image);
    struct image_package *package = vpi_arena_alloc(image->arena, sizeof *package);
    if (!blob || !package)
        return;
    bytes = span_from(bytes, P7X_HEADER);
    *blob = (struct image_blob){
        .type = BLOB_SIGNATURE, .off = VP_NONE, .len = bytes.len, .bytes = bytes};
    image->signing = SIGNING_PACKAGE;
    struct zip_entry integrity;
    package->has_integrity = vpi_zip_find(zip, "AppxMetadata/CodeIntegrity.cat", &integrity);
    bool whole = is_last(zip, &entry) && directory_restore(zip, &entry, &package->directory) &&
                 part(zip, "[Content_Types].xml", &package->content_types) &&
                 part(zip, "AppxBlockMap.xml", &package->block_map) &&
                 (!package->has_integrity ||
                  vpi_zip_content(zip, &integrity, PART_MOST, &package->integrity));
    if (!whole) {
        vpi_image_note(image, VP_NOTE_MALFORMED, entry.off,
                       "the package is not as a signer leaves it");
        return;
    }
    image->package = package;
    image->signed_ranges[0] = (struct source_range){0, entry.off};
    image->signed_range_count = 1;
}

static void text_add(struct image *image, const char *field, struct span value)
{
    struct span utf8;
    if (value.len == 0 || !vpi_xml_text(image->arena, value, &utf8))
        return;
    struct image_text *text = vpi_image_text(image);
    if (text)
        *text = (struct image_text){
            .group = TEXT_APPX, .field = field, .utf8 = utf8, .off = VP_NONE, .len = VP_NONE};
}

/* Identity's attributes, and the elements of Properties.  Texts that stand in a resource say so by
 * "ms-resource:" and are left out. */
static void manifest_read(struct image *image, struct span xml)
{
    static const char *const attributes[] = {"Name", "Publisher", "Version"};
    static const char *const elements[] = {"DisplayName", "PublisherDisplayName", "Description"};
    struct span tag, value, properties;
    if (vpi_xml_tag(xml, "Identity", &tag)) {
        for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
            if (vpi_xml_attribute(tag, attributes[i], &value))
                text_add(image, attributes[i], value);
        }
        if (vpi_xml_attribute(tag, "ProcessorArchitecture", &value))
            image->machine = vpi_arena_text(image->arena, span_first(value, 16));
        if (!image->machine)
            image->machine = "";
    }
    if (!vpi_xml_element(xml, "Properties", &properties))
        return;
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
        if (vpi_xml_element(properties, elements[i], &value) &&
            !(value.len >= 12 && memcmp(value.data, "ms-resource:", 12) == 0))
            text_add(image, elements[i], value);
    }
}

void vpi_msix_read(struct image *image, struct source *src)
{
    struct zip zip;
    struct span manifest;
    /* The block map is among the last that a packager writes. */
    if (!vpi_zip_tail_has(src, "AppxBlockMap.xml"))
        return;
    if (!vpi_zip_open(&zip, image, src)) {
        if (image->gap_count || image->note_count)
            image->format = VP_FORMAT_MSIX;
        return;
    }
    struct zip_entry entry;
    if (!vpi_zip_find(&zip, "AppxBlockMap.xml", &entry))
        return;
    image->format = VP_FORMAT_MSIX;
    image->role = VP_ROLE_PACKAGE;
    signature_read(&zip);
    if (part(&zip, "AppxManifest.xml", &manifest) ||
        part(&zip, "AppxMetadata/AppxBundleManifest.xml", &manifest))
        manifest_read(image, manifest);
    if (image->arena->failed)
        vpi_image_gap(image, VP_GAP_MEMORY_LIMIT, "the package");
}
