/* pe_certificate.c - the attribute certificate table, and what Authenticode hashes
 *
 * "Windows Authenticode Portable Executable Signature Format" (Microsoft, 2008): the hash leaves
 * out the checksum, the security directory's entry and the certificate table.
 *
 *     0 .. checksum . entry of the security directory .. certificate table .. end
 *     |====|        |=====|                           |==|                  |====|
 */
#include "format/pe.h"

enum {
    CHECKSUM_OFF = 64, /* in the optional header */
    HEADER_LEN = 8,
    ENTRIES_MOST = 64,
    ALIGN = 8,
    SLACK_LOOKED_AT = 64 << 10,
    SIGNATURE_MOST = 8 << 20 /* of one entry is read; what follows its DER is not signature */
};

static void range_add(struct image *image, uint64_t from, uint64_t to)
{
    if (to <= from)
        return;
    image->signing = SIGNING_AUTHENTICODE;
    image->signed_ranges[image->signed_range_count].off = from;
    image->signed_ranges[image->signed_range_count].len = to - from;
    image->signed_range_count++;
}

/* The bytes of the table in the file; false: none, or none that could be one. */
static bool table_find(const struct pe *pe, uint64_t *ret_off, uint64_t *ret_end)
{
    struct pe_directory directory;
    if (!vpi_pe_directory(pe, PE_SECURITY, &directory) || directory.len == 0)
        return false;
    uint64_t size = pe->src->size, entry_end = pe->directories_off + 8 * (PE_SECURITY + 1);
    if (directory.address < entry_end || directory.address >= size) {
        bool beyond = directory.address >= size;
        vpi_image_note(pe->image, beyond ? VP_NOTE_TRUNCATED : VP_NOTE_MALFORMED, directory.address,
                       "the certificate table");
        return false;
    }
    *ret_off = directory.address;
    *ret_end = *ret_off + directory.len;
    if (*ret_end > size) {
        vpi_image_note(pe->image, VP_NOTE_TRUNCATED, size, "the certificate table");
        *ret_end = size;
    }
    return true;
}

static void ranges_measure(struct pe *pe, uint64_t table_off, uint64_t table_end)
{
    struct image *image = pe->image;
    uint64_t size = pe->src->size, checksum = pe->optional_off + CHECKSUM_OFF;
    uint64_t entry = pe->directories_off + 8 * PE_SECURITY;
    if (checksum + 4 > size)
        return; /* nothing that was ever signed */
    range_add(image, 0, checksum);
    if (pe->directory_count <= PE_SECURITY || entry + 8 > size) {
        range_add(image, checksum + 4, size);
    } else {
        range_add(image, checksum + 4, entry);
        range_add(image, entry + 8, table_off);
        range_add(image, table_end, size);
    }
    if (!image->has_signature_table)
        image->signed_padding = (unsigned)(-size % ALIGN);
}

/* Bytes that no entry has and no digest covers: zeros are padding, anything else was put there. */
static void slack_look(struct pe *pe, uint64_t off, uint64_t end)
{
    struct span bytes;
    if (off >= end)
        return;
    uint64_t len = end - off < SLACK_LOOKED_AT ? end - off : SLACK_LOOKED_AT;
    bool zeros = vpi_pe_file(pe, off, len, &bytes) && len == end - off;
    for (size_t i = 0; zeros && i < bytes.len; i++)
        zeros = bytes.data[i] == 0;
    pe->image->signature_slack |= !zeros;
}

/* Each WIN_CERTIFICATE: length with this header, revision, type, content; aligned to eight.  Where
 * the entries end. */
static uint64_t entries_read(struct pe *pe, uint64_t off, uint64_t end)
{
    unsigned count = 0;
    while (off + HEADER_LEN <= end) {
        struct span bytes;
        if (!vpi_pe_file(pe, off, HEADER_LEN, &bytes))
            return off;
        struct reader r = reader_at(bytes, 0);
        uint64_t len = reader_u32(&r);
        uint16_t revision = reader_u16(&r), type = reader_u16(&r);
        if (len == 0 && revision == 0 && type == 0)
            return off; /* padding */
        if (len <= HEADER_LEN || len > end - off) {
            vpi_image_note(pe->image, VP_NOTE_SIGNATURE_UNREADABLE, off,
                           "an entry of the certificate table has a wrong length");
            return off;
        }
        if (count++ == ENTRIES_MOST) {
            vpi_image_gap(pe->image, VP_GAP_COUNT_LIMIT, "certificate table");
            return off;
        }
        uint64_t most = len - HEADER_LEN < SIGNATURE_MOST ? len - HEADER_LEN : SIGNATURE_MOST;
        if (!vpi_pe_file(pe, off + HEADER_LEN, most, &bytes))
            return off;
        struct image_blob *blob = vpi_image_blob(pe->image);
        if (!blob)
            return off;
        blob->type = BLOB_SIGNATURE;
        blob->off = off + HEADER_LEN;
        blob->len = len - HEADER_LEN;
        blob->bytes = bytes;
        blob->id = type;
        blob->kind = revision;
        uint64_t next = off + (len + ALIGN - 1) / ALIGN * ALIGN;
        slack_look(pe, off + len, next < end ? next : end);
        off = next;
    }
    return off;
}

void vpi_pe_certificate_read(struct pe *pe)
{
    uint64_t off = pe->src->size, end = off;
    pe->image->has_signature_table = table_find(pe, &off, &end);
    ranges_measure(pe, off, end);
    if (pe->image->has_signature_table) {
        pe->image->signature_table_off = off;
        pe->image->signature_table_len = end - off;
        slack_look(pe, entries_read(pe, off, end), end);
    }
}
