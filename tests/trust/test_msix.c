/* test_msix.c - signatures of MSIX packages: each of their digests, right and wrong */
#include "feature/feature.h"
#include "format/format.h"
#include "package_build.h"
#include "trust/forge.h"

#define MANIFEST                                                                                   \
    "<?xml version=\"1.0\"?><!-- <Identity Name='no'/> -->\r\n"                                    \
    "<Package xmlns:x=\"y\"><Identity Name=\"Example.App\" Version='1.2.3.4' "                     \
    "Publisher=\"CN=&quot;Example&quot; GmbH, C=DE\" ProcessorArchitecture=\"x64\" />"             \
    "<Properties><DisplayName> Example &amp; App </DisplayName>"                                   \
    "<PublisherDisplayName>Example GmbH</PublisherDisplayName>"                                    \
    "<Description>ms-resource:x</Description></Properties></Package>"

enum { PARTS = 5, WITH_INTEGRITY = 6, DIGESTS_MOST = 4 + 5 * 36 };

static const struct zip_part parts[] = {
    {"AppxManifest.xml", {(const uint8_t *)MANIFEST, sizeof MANIFEST - 1}},
    {"app.exe", {(const uint8_t *)"program", 7}},
    {"AppxBlockMap.xml", {(const uint8_t *)"<BlockMap/>", 11}},
    {"[Content_Types].xml", {(const uint8_t *)"<Types/>", 8}},
    {"AppxMetadata/CodeIntegrity.cat", {(const uint8_t *)"catalog", 7}}};

static struct party root, signer;
static struct crypto *crypto;

static void people_make(void)
{
    if (crypto)
        return;
    root = party_new((struct party_how){.organization = "Root", .authority = true});
    signer = party_new((struct party_how){
        .organization = "Example GmbH", .issuer = &root, .usages = "codeSigning"});
    ck_assert_int_eq(vpi_crypto_new(&crypto, NULL), VP_OK);
}

static void put_digest(struct package *p, const char *letters, struct span of)
{
    uint8_t digest[32];
    hash(DIGEST_SHA256, of, digest);
    package_text(p, letters);
    package_put(p, digest, sizeof digest);
}

/* The digests of a package without its signature; `count` parts. */
static struct span digests_of(size_t count, bool wide)
{
    struct package p = {NULL, 0, 0};
    size_t directory;
    struct span file = zip_build(parts, count, wide, &directory);
    package_text(&p, "APPX");
    put_digest(&p, "AXPC", span_first(file, directory));
    put_digest(&p, "AXCD", span_from(file, directory));
    put_digest(&p, "AXCT", parts[3].content);
    put_digest(&p, "AXBM", parts[2].content);
    if (count == PARTS)
        put_digest(&p, "AXCI", parts[4].content);
    package_free(file);
    return package_take(&p);
}

/* The package with a signature over `digests`. */
static struct span signed_package(size_t count, bool wide, struct span digests)
{
    struct zip_part all[WITH_INTEGRITY];
    struct package p7x = {NULL, 0, 0};
    size_t directory;
    people_make();
    struct forgery f = {.signer = &signer, .enclosed = {&signer, &root}, .file_digests = digests};
    struct span blob = forge(&f);
    package_text(&p7x, "PKCX");
    package_put(&p7x, blob.data, blob.len);
    memcpy(all, parts, count * sizeof *parts);
    all[count] = (struct zip_part){"AppxSignature.p7x", span_of(p7x.bytes, p7x.len)};
    struct span file = zip_build(all, count + 1, wide, &directory);
    free(p7x.bytes);
    exact_free(blob);
    return file;
}

static struct {
    struct arena arena;
    struct source src;
    struct image image;
    struct feature_work work;
    struct trust trust;
} seen;

static void look(struct span file, size_t cap)
{
    memset(&seen, 0, sizeof seen);
    vpi_arena_init(&seen.arena, cap);
    vpi_source_init_memory(&seen.src, file, &seen.arena);
    vpi_image_init(&seen.image, &seen.arena);
    vpi_format_read(&seen.image, &seen.src);
    seen.trust = (struct trust){.extra = &root.facts, .extra_count = 1, .now = 1700000000};
    seen.work = (struct feature_work){.image = &seen.image,
                                      .src = &seen.src,
                                      .crypto = crypto,
                                      .arena = &seen.arena,
                                      .wanted = UINT64_MAX,
                                      .trust = &seen.trust,
                                      .notes = &seen.image};
    (void)vpi_features_make(&seen.work);
}

static void done(void)
{
    vpi_crypto_reset(crypto);
    vpi_arena_done(&seen.arena);
}

static unsigned states(void)
{
    const struct feature_trust *trust = seen.work.signatures;
    return trust && trust->count ? trust->signatures[0].states : 0;
}

static bool believed_with(struct span file, size_t cap)
{
    look(file, cap);
    bool believed = (states() & VP_SIGNATURE_BELIEVED) != 0;
    done();
    return believed;
}

static bool has(unsigned kind, const char *text)
{
    for (size_t i = 0; i < seen.work.count; i++) {
        if (seen.work.items[i].kind == kind && strcmp(seen.work.items[i].text, text) == 0)
            return true;
    }
    return false;
}

START_TEST(a_right_package_is_believed)
{
    for (int i = 0; i < 4; i++) {
        size_t count = i % 2 ? PARTS : PARTS - 1;
        struct span digests = digests_of(count, i / 2),
                    file = signed_package(count, i / 2, digests);
        look(file, 0);
        ck_assert_int_eq(seen.image.format, VP_FORMAT_MSIX);
        ck_assert_int_eq(seen.image.role, VP_ROLE_PACKAGE);
        ck_assert_msg(states() & VP_SIGNATURE_BELIEVED, "%d: %x", i, states());
        done();
        package_free(file);
        package_free(digests);
    }
}
END_TEST

START_TEST(the_manifest_says_what_the_package_is)
{
    struct span file = signed_package(PARTS, false, span_text("no digests at all"));
    look(file, 0);
    ck_assert(!(states() & VP_SIGNATURE_DIGEST_MATCHES));
    ck_assert_str_eq(seen.image.machine, "x64");
    ck_assert(has(KIND_APPX_NAME, "Example.App"));
    ck_assert(has(KIND_APPX_PUBLISHER, "CN=\"Example\" GmbH, C=DE"));
    ck_assert(has(KIND_PRODUCT_VERSION, "1.2.3.4"));
    ck_assert(has(KIND_PRODUCT_NAME, "Example & App"));
    ck_assert(has(KIND_COMPANY_NAME, "Example GmbH"));
    ck_assert(!has(KIND_FILE_DESCRIPTION, "ms-resource:x"));
    done();
    package_free(file);
}
END_TEST

static bool publisher_differs(struct certificate leaf)
{
    vpi_package_publisher(&seen.work, &leaf);
    bool differs = seen.image.note_count > 0;
    seen.image.note_count = 0;
    return differs;
}

START_TEST(another_publisher_than_the_signer_is_noted)
{
    struct span file = signed_package(PARTS, false, span_text("no digests at all"));
    look(file, 0);
    seen.image.note_count = 0;
    ck_assert(
        !publisher_differs((struct certificate){.common_name = span_text("\"Example\" GmbH")}));
    ck_assert(publisher_differs((struct certificate){.common_name = span_text("Example GmbH")}));
    ck_assert(publisher_differs((struct certificate){.organization = span_text("Example GmbH")}));
    ck_assert(!publisher_differs((struct certificate){.organization = span_text("DE")}));
    ck_assert(!publisher_differs((struct certificate){.organization = {NULL, 0}}));
    done();
    package_free(file);
}
END_TEST

START_TEST(each_wrong_digest_is_seen)
{
    struct span digests = digests_of(PARTS, false);
    for (size_t at = 0; at < digests.len; at += 18) {
        struct span wrong = exact_copy(digests);
        ((uint8_t *)(uintptr_t)wrong.data)[at] ^= 1;
        struct span file = signed_package(PARTS, false, wrong);
        ck_assert_msg(!believed_with(file, 0), "at %zu", at);
        package_free(file);
        exact_free(wrong);
    }
    /* One that there is no part for, and one that is missing. */
    struct span file = signed_package(PARTS - 1, false, digests);
    ck_assert(!believed_with(file, 0));
    package_free(file);
    file = signed_package(PARTS, false, span_first(digests, 4 + 4 * 36));
    ck_assert(!believed_with(file, 0));
    package_free(file);
    package_free(digests);
}
END_TEST

/* Of a byte of the signature's own row and header nothing depends that anyone runs. */
START_TEST(no_changed_byte_outside_of_the_signature_is_believed)
{
    for (int wide = 0; wide < 2; wide++) {
        struct span digests = digests_of(PARTS, wide);
        struct span file = signed_package(PARTS, wide, digests);
        size_t first = 0;
        while (memcmp(file.data + first, "AppxSignature.p7x", 17) != 0)
            first++;
        for (size_t at = 0; at + 30 < first; at++) {
            struct span copy = exact_copy(file);
            ((uint8_t *)(uintptr_t)copy.data)[at] ^= 0x10;
            ck_assert_msg(!believed_with(copy, 0), "at %zu", at);
            exact_free(copy);
        }
        package_free(file);
        package_free(digests);
    }
}
END_TEST

START_TEST(a_part_behind_the_signature_is_not_believed)
{
    struct span digests = digests_of(PARTS, false);
    struct package p = {NULL, 0, 0};
    struct span file = signed_package(PARTS, false, digests);
    uint64_t directory;
    ck_assert(span_uint(file, file.len - 6, 4, &directory));
    package_put(&p, file.data, (size_t)directory);
    package_text(&p, "more bytes before the directory than a descriptor");
    size_t moved = p.len;
    package_put(&p, file.data + directory, file.len - (size_t)directory);
    package_set(&p, p.len - 6, moved, 4);
    package_free(file);
    file = package_take(&p);
    look(file, 0);
    ck_assert_int_eq(seen.image.format, VP_FORMAT_MSIX);
    ck_assert(!(states() & VP_SIGNATURE_BELIEVED));
    done();
    package_free(file);
    package_free(digests);
}
END_TEST

START_TEST(every_prefix_and_memory_cap_is_safe)
{
    struct span digests = digests_of(PARTS, true), file = signed_package(PARTS, true, digests);
    bool last = false;
    for (size_t len = 0; len < file.len; len += 3) {
        struct span copy = exact_copy(span_first(file, len));
        ck_assert(!believed_with(copy, 0));
        exact_free(copy);
    }
    for (size_t cap = 1 << 10; cap < 8 << 20; cap += cap / 3)
        last = believed_with(file, cap);
    ck_assert(last);
    package_free(file);
    package_free(digests);
    party_free(&root);
    party_free(&signer);
    vpi_crypto_free(crypto);
}
END_TEST

START_TEST(other_zip_files_are_none)
{
    size_t directory;
    struct span file = zip_build(parts, 2, false, &directory);
    people_make();
    look(file, 0);
    ck_assert_int_eq(seen.image.format, VP_FORMAT_OTHER);
    done();
    package_free(file);
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_right_package_is_believed)                                                              \
    TEST(the_manifest_says_what_the_package_is)                                                    \
    TEST(another_publisher_than_the_signer_is_noted)                                               \
    TEST(each_wrong_digest_is_seen)                                                                \
    TEST(no_changed_byte_outside_of_the_signature_is_believed)                                     \
    TEST(a_part_behind_the_signature_is_not_believed)                                              \
    TEST(other_zip_files_are_none)                                                                 \
    TEST(every_prefix_and_memory_cap_is_safe)
#include "../check_main.h"
