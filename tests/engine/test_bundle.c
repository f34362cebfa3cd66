/* test_bundle.c - a bundle's files beside what its main executable's signature says of them */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trust/apple_forge.h"
#include "vendorprint/vendorprint.h"

static const char info[] = "<plist><dict><key>CFBundleExecutable</key><string>prog</string>"
                           "</dict></plist>";

/* A folder of its own for each test. */
static struct {
    char root[64];
    char paths[16][512];
    size_t count;
} disk;

static const char *path_of(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", disk.root, name);
    return path;
}

static void put_file(const char *name, struct span bytes)
{
    char path[512];
    snprintf(path, sizeof path, "%s", path_of(name));
    for (char *at = path + strlen(disk.root) + 1; (at = strchr(at, '/')); at++) {
        *at = 0;
        if (mkdir(path, 0700) == 0)
            snprintf(disk.paths[disk.count++], sizeof disk.paths[0], "%s", path);
        *at = '/';
    }
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes.data, 1, bytes.len, file), bytes.len);
    fclose(file);
    if (disk.count == 0 || strcmp(disk.paths[disk.count - 1], path) != 0)
        snprintf(disk.paths[disk.count++], sizeof disk.paths[0], "%s", path);
}

static void remove_all(void)
{
    while (disk.count > 0)
        remove(disk.paths[--disk.count]);
    remove(disk.root);
}

static void base64_of(struct span bytes, const EVP_MD *md, size_t len, char to[128])
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    if (md)
        EVP_Digest(bytes.data, bytes.len, digest, NULL, md, NULL);
    EVP_EncodeBlock((unsigned char *)to, md ? digest : bytes.data, (int)len);
}

static struct span helper;
static char list[4096];

/* The files of the bundle: a.txt listed with SHA-256, old.txt with SHA-1, code by its directory. */
static struct span list_make(void)
{
    char a[128], old[128], nested[128];
    uint8_t digest[EVP_MAX_MD_SIZE];
    struct code_signature signature;
    struct crypto *crypto;
    base64_of(span_text("a & b"), EVP_sha256(), 32, a);
    base64_of(span_text("old"), EVP_sha1(), 20, old);
    ck_assert_int_eq(vpi_crypto_new(&crypto, NULL), VP_OK);
    ck_assert(vpi_code_signature_read(crypto, span_from(helper, helper.len - ROOM), &signature));
    memcpy(digest, signature.directories[0].cdhash, CDHASH_LEN);
    base64_of(span_of(digest, CDHASH_LEN), NULL, CDHASH_LEN, nested);
    vpi_crypto_free(crypto);
    int len = snprintf(
        list, sizeof list,
        "<?xml version=\"1.0\"?><plist><dict><key>files</key><dict><key>none</key><data>AAAA</data>"
        "</dict><key>files2</key><dict>"
        "<key>Resources/a &amp; b.txt</key><dict><key>hash</key><data>AAAAAAAAAAAAAAAAAAAAAAAAAAA="
        "</data><key>hash2</key><data>\n\t%s\n\t</data></dict>"
        "<key>Resources/gone.txt</key><dict><key>hash2</key><data>%s</data><key>optional</key>"
        "<true/></dict>"
        "<key>Resources/link</key><dict><key>symlink</key><string>a.txt</string></dict>"
        "<key>Resources/old.txt</key><data>%s</data>"
        "<key>MacOS/helper</key><dict><key>cdhash</key><data>%s</data><key>requirement</key>"
        "<string>x</string></dict>"
        "</dict><key>rules2</key><dict><key>^.*</key><true/></dict></dict></plist>",
        a, a, old, nested);
    return span_of(list, (size_t)len);
}

/* A bundle as it was signed. */
static void bundle_make(void)
{
    struct apple_forgery f = {.flags = CODE_ADHOC};
    snprintf(disk.root, sizeof disk.root, "/tmp/vendorprint-bundle-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(disk.root));
    helper = apple_forge(&f);
    f.info = span_text(info);
    f.resources = list_make();
    struct span program = apple_forge(&f);
    put_file("X.app/Contents/MacOS/prog", program);
    put_file("X.app/Contents/MacOS/helper", helper);
    put_file("X.app/Contents/Info.plist", span_text(info));
    put_file("X.app/Contents/Resources/a & b.txt", span_text("a & b"));
    put_file("X.app/Contents/Resources/old.txt", span_text("old"));
    put_file("X.app/Contents/_CodeSignature/CodeResources", f.resources);
    exact_free(program);
    exact_free(helper);
}

struct answer {
    uint64_t notes; /* bits 1 << code */
    unsigned states;
    char text[256]; /* of the note about the bundle */
    uint32_t beside;
};

static struct answer examine(const char *name, unsigned flags)
{
    struct vp_session *session = NULL;
    struct vp_result *result = NULL;
    struct vp_note note = {.size = sizeof note};
    struct vp_summary summary = {.size = sizeof summary};
    struct vp_signature signature = {.size = sizeof signature};
    /* To compare the files is reason enough to verify. */
    flags |= flags & VP_SESSION_BUNDLES ? 0 : VP_SESSION_ALL_FEATURES;
    struct vp_session_options options = {.size = sizeof options, .flags = flags};
    struct answer answer = {0};
    ck_assert_int_eq(vp_session_new(NULL, &options, &session, NULL), VP_OK);
    ck_assert_int_eq(vp_examine_path(session, path_of(name), &result, NULL), VP_OK);
    for (uint32_t i = 0; vp_result_note(result, i, &note) == VP_OK; i++) {
        answer.notes |= UINT64_C(1) << note.code;
        if (note.code == VP_NOTE_BUNDLE_DIFFERS || note.code == VP_NOTE_BUNDLE_HOLDS)
            snprintf(answer.text, sizeof answer.text, "%s", note.text);
    }
    if (vp_result_signature(result, 0, &signature) == VP_OK)
        answer.states = signature.states;
    vp_result_summary(result, &summary);
    answer.beside = summary.beside;
    vp_result_unref(result);
    vp_session_free(session);
    return answer;
}

static const char program_name[] = "X.app/Contents/MacOS/prog";

static bool noted(const struct answer *answer, enum vp_note_code code)
{
    return answer->notes >> code & 1;
}

START_TEST(a_bundle_as_it_was_signed_holds)
{
    bundle_make();
    struct answer answer = examine(program_name, VP_SESSION_BUNDLES);
    ck_assert(noted(&answer, VP_NOTE_BUNDLE_HOLDS));
    ck_assert(!noted(&answer, VP_NOTE_BUNDLE_DIFFERS));
    ck_assert_str_eq(answer.text, "4 files are what its signature lists, 1 not compared");
    ck_assert(!(answer.states & VP_SIGNATURE_TICKET));
    /* Without being told to, no file but the list is read. */
    answer = examine(program_name, 0);
    ck_assert(!noted(&answer, VP_NOTE_BUNDLE_HOLDS));
    ck_assert(!noted(&answer, VP_NOTE_BUNDLE_DIFFERS));
    /* A helper is not the main executable. */
    answer = examine("X.app/Contents/MacOS/helper", VP_SESSION_BUNDLES);
    ck_assert_uint_eq(answer.notes & ~(UINT64_C(1) << VP_NOTE_SIGNATURE_ADHOC), 0);
    remove_all();
}
END_TEST

START_TEST(files_that_changed_or_went_are_counted)
{
    bundle_make();
    put_file("X.app/Contents/Resources/a & b.txt", span_text("a & c"));
    struct answer answer = examine(program_name, VP_SESSION_BUNDLES);
    ck_assert_str_eq(answer.text, "1 files differ and 0 are missing, first Resources/a & b.txt");
    ck_assert_int_eq(remove(path_of("X.app/Contents/Resources/old.txt")), 0);
    put_file("X.app/Contents/MacOS/helper", span_text("no code"));
    answer = examine(program_name, VP_SESSION_BUNDLES);
    ck_assert_str_eq(answer.text, "1 files differ and 1 are missing, first Resources/a & b.txt");
    /* Nested code of another directory. */
    struct apple_forgery f = {.flags = CODE_ADHOC | CODE_RUNTIME};
    struct span other = apple_forge(&f);
    put_file("X.app/Contents/MacOS/helper", other);
    answer = examine(program_name, VP_SESSION_BUNDLES);
    ck_assert_str_eq(answer.text, "2 files differ and 1 are missing, first Resources/a & b.txt");
    exact_free(other);
    remove_all();
}
END_TEST

START_TEST(a_list_that_was_changed_is_not_gone_by)
{
    bundle_make();
    list[strlen(list) - 10] ^= 1;
    put_file("X.app/Contents/_CodeSignature/CodeResources", span_text(list));
    struct answer answer = examine(program_name, VP_SESSION_BUNDLES);
    ck_assert_str_eq(answer.text, "the list of its files is not the one that was signed");
    remove_all();
}
END_TEST

START_TEST(an_info_plist_that_was_changed_is_noted)
{
    bundle_make();
    put_file("X.app/Contents/Info.plist", span_text("<plist><dict></dict></plist>"));
    struct answer answer = examine(program_name, 0);
    ck_assert_str_eq(answer.text, "Info.plist is not the one that was signed");
    remove_all();
}
END_TEST

START_TEST(a_stapled_ticket_is_named)
{
    bundle_make();
    put_file("X.app/Contents/CodeResources", span_text("s8chticket"));
    struct answer answer = examine(program_name, 0);
    ck_assert(noted(&answer, VP_NOTE_NOTARIZATION_TICKET));
    ck_assert(answer.states & VP_SIGNATURE_TICKET);
    remove_all();
}
END_TEST

START_TEST(the_answer_tells_what_it_depends_on)
{
    bundle_make();
    struct answer answer = examine(program_name, 0);
    ck_assert_uint_ge(answer.beside, 3);
    remove_all();
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_bundle_as_it_was_signed_holds)                                                          \
    TEST(files_that_changed_or_went_are_counted)                                                   \
    TEST(a_list_that_was_changed_is_not_gone_by)                                                   \
    TEST(an_info_plist_that_was_changed_is_noted)                                                  \
    TEST(a_stapled_ticket_is_named)                                                                \
    TEST(the_answer_tells_what_it_depends_on)
#include "check_main.h"
