/* package_kinds.h - installers, cabinets and scripts with a signature, and what it covers
 *
 * What each signature covers is put together here by hand, so that a wrong digest shows.
 */
#include "format/format.h"
#include "package_build.h"
#include "trust/forge.h"

/* A kind of file: made with a blob, and the bytes that its signature covers. */
struct maker {
    enum vp_format format;
    const char *name;
    struct span (*make)(struct span blob);
    struct span (*covered)(void);
};

/* ---- a cabinet */

static struct span cab_make(struct span blob)
{
    return cab_build(blob, true);
}

static struct span cab_covered(void)
{
    struct package p = {NULL, 0, 0};
    struct span file = cab_build(span_of(NULL, 0), true);
    package_put(&p, file.data, 4);
    package_put(&p, file.data + 8, 26);
    package_put(&p, file.data + 56, file.len - 56);
    package_free(file);
    return package_take(&p);
}

/* ---- an installer: a stream in a storage, a long one, a short one */

static uint8_t long_stream[5000];

static struct span msi_build(struct span blob, struct span extra)
{
    struct compound_node nodes[] = {
        {.name = "Root Entry", .class = {0x84, 0x10, 0x0c, [8] = 0xc0, [15] = 0x46}},
        {.name = "zz", .content = {long_stream, sizeof long_stream}},
        {.name = "storage", .storage = true, .class = {1, 2, 3}},
        {.name = "inner", .parent = 2, .content = span_text("inside the storage")},
        {.name = "Property", .table = true, .content = span_text("short")},
        {.name = "\005DigitalSignature", .content = blob},
        {.name = "\005MsiDigitalSignatureEx", .content = extra}};
    for (size_t i = 0; i < sizeof long_stream; i++)
        long_stream[i] = (uint8_t)(i * 7 >> 3);
    return compound_build(nodes, extra.len ? 7 : 6);
}

static struct span msi_make(struct span blob)
{
    return msi_build(blob, span_of(NULL, 0));
}

/* In the order of the names: "storage" and "zz" before the table, which begins with U+4840. */
static void put_streams(struct package *p)
{
    static const uint8_t root[16] = {0x84, 0x10, 0x0c, [8] = 0xc0, [15] = 0x46};
    static const uint8_t storage[16] = {1, 2, 3};
    package_text(p, "short"); /* 40 48: the low byte comes first */
    package_text(p, "inside the storage");
    package_put(p, storage, 16);
    package_put(p, long_stream, sizeof long_stream);
    package_put(p, root, 16);
}

static struct span msi_covered(void)
{
    struct package p = {NULL, 0, 0};
    struct span file = msi_make(span_text("x")); /* fills the long stream */
    package_free(file);
    put_streams(&p);
    return package_take(&p);
}

/* Names and lengths; times and state bits are zeros. */
static void extra_digest(uint8_t digest[32])
{
    static const uint8_t root[16] = {0x84, 0x10, 0x0c, [8] = 0xc0, [15] = 0x46};
    static const uint8_t storage[16] = {1, 2, 3};
    struct package p = {NULL, 0, 0};
    uint8_t name[64];
    struct compound_node nodes[] = {{.name = "Property", .table = true},
                                    {.name = "storage"},
                                    {.name = "inner"},
                                    {.name = "zz"}};
    static const unsigned lens[] = {5, 0, 18, sizeof long_stream};
    package_put(&p, root, 16);
    package_zeros(&p, 4);
    for (size_t i = 0; i < 4; i++) {
        package_put(&p, name, compound_name(&nodes[i], name) - 2);
        if (i == 1)
            package_put(&p, storage, 16);
        else
            package_uint(&p, lens[i], 4);
        package_zeros(&p, 4 + 16);
    }
    hash(DIGEST_SHA256, span_of(p.bytes, p.len), digest);
    free(p.bytes);
}

static struct span msi_extra_make(struct span blob)
{
    uint8_t digest[32];
    extra_digest(digest);
    return msi_build(blob, span_of(digest, sizeof digest));
}

static struct span msi_extra_covered(void)
{
    struct package p = {NULL, 0, 0};
    uint8_t digest[32];
    package_free(msi_make(span_text("x")));
    extra_digest(digest);
    package_put(&p, digest, sizeof digest);
    put_streams(&p);
    return package_take(&p);
}

/* ---- scripts */

static const char power[] = "Write-Host '\xc3\xa4\xf0\x9f\x98\x80'\r\nexit";

static void put_utf16(struct package *p, const char *utf8, bool western)
{
    struct span text = span_text(utf8);
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (c >= 0xf0 && !western) { /* the one of the test */
            package_uint(p, 0xd83d, 2);
            package_uint(p, 0xde00, 2);
            i += 3;
        } else if (c >= 0xc0 && !western) {
            package_uint(p, (c & 0x1fu) << 6 | (text.data[++i] & 0x3fu), 2);
        } else {
            package_uint(p, c, 2);
        }
    }
}

static struct span power_make(struct span blob)
{
    struct package p = {NULL, 0, 0};
    package_text(&p, power);
    script_block(&p, blob, "# SIG # Begin signature block", "# SIG # End signature block", "# ",
                 "");
    return package_take(&p);
}

static struct span power_covered(void)
{
    struct package p = {NULL, 0, 0};
    put_utf16(&p, power, false);
    return package_take(&p);
}

/* The same in UTF-16LE with its mark, which is covered. */
static struct span wide_make(struct span blob)
{
    struct package p = {NULL, 0, 0};
    struct span narrow = power_make(blob);
    size_t before = strlen(power);
    package_uint(&p, 0xfeff, 2);
    put_utf16(&p, power, false);
    for (size_t i = before; i < narrow.len; i++)
        package_uint(&p, narrow.data[i], 2);
    package_free(narrow);
    return package_take(&p);
}

static struct span wide_covered(void)
{
    struct package p = {NULL, 0, 0};
    package_uint(&p, 0xfeff, 2);
    put_utf16(&p, power, false);
    return package_take(&p);
}

static const char basic[] = "' gr\xfc\xdf Gott\r\nWScript.Echo 1\r\n";

static struct span basic_make(struct span blob)
{
    struct package p = {NULL, 0, 0};
    package_text(&p, basic);
    script_block(&p, blob, "'' SIG '' Begin signature block", "'' SIG '' End signature block",
                 "'' SIG '' ", "");
    return package_take(&p);
}

static struct span basic_covered(void)
{
    struct package p = {NULL, 0, 0};
    put_utf16(&p, basic, true);
    package_uint(&p, strlen(basic), 4);
    return package_take(&p);
}

static const char job[] = "<job>\r\n<script>1</script>", job_end[] = "</job>\r\n";

static struct span job_make(struct span blob)
{
    struct package p = {NULL, 0, 0};
    package_text(&p, job);
    script_block(&p, blob, "<signature>", "</signature>", "** SIG ** ", "");
    package_text(&p, job_end);
    return package_take(&p);
}

static struct span job_covered(void)
{
    struct package p = {NULL, 0, 0};
    put_utf16(&p, job, false);
    put_utf16(&p, job_end, false);
    package_uint(&p, strlen(job), 4);
    return package_take(&p);
}

static const char types[] = "<?xml version=\"1.0\"?>\r\n<Types>\xe9</Types>";

static struct span xml_make(struct span blob)
{
    struct package p = {NULL, 0, 0};
    package_text(&p, types);
    script_block(&p, blob, "<!-- SIG # Begin signature block -->",
                 "<!-- SIG # End signature block -->", "<!-- ", " -->");
    return package_take(&p);
}

static struct span xml_covered(void)
{
    struct package p = {NULL, 0, 0};
    put_utf16(&p, types, true);
    return package_take(&p);
}

static const struct maker makers[] = {
    {VP_FORMAT_CAB, "x.cab", cab_make, cab_covered},
    {VP_FORMAT_MSI, "x.msi", msi_make, msi_covered},
    {VP_FORMAT_MSI, "x.msi", msi_extra_make, msi_extra_covered},
    {VP_FORMAT_SCRIPT, "x.ps1", power_make, power_covered},
    {VP_FORMAT_SCRIPT, "x.PSM1", wide_make, wide_covered},
    {VP_FORMAT_SCRIPT, "x.vbs", basic_make, basic_covered},
    {VP_FORMAT_SCRIPT, "x.wsf", job_make, job_covered},
    {VP_FORMAT_SCRIPT, "x.ps1xml", xml_make, xml_covered},
};

enum { MAKERS = sizeof makers / sizeof *makers };
