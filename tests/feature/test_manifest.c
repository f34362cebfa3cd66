/* test_manifest.c - the identity in an application manifest */
#include "work.h"

#include <stdlib.h>
#include <time.h>

static const char whole[] =
    "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
    "<!-- <assemblyIdentity name=\"comment\"/> -->"
    "<assembly xmlns=\"urn:schemas-microsoft-com:asm.v1\" manifestVersion=\"1.0\">\n"
    " <dependency><dependentAssembly><assemblyIdentity type=\"win32\" "
    "name=\"Microsoft.Windows.Common-Controls\"/></dependentAssembly></dependency>\n"
    " <asmv1:assemblyIdentity\n  version='1.0.0.0' name = 'Kaspersky &amp; &quot;Co&quot; "
    "&x;'\n/>\n"
    " <assemblyIdentity name=\"second\"/></assembly>";

static void identity_is(const char *text, const char *expected)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    bench_blob(&bench, BLOB_MANIFEST, span_text(text));
    vpi_family_manifest(&bench.work);
    ck_assert_str_eq(bench_text(&bench, KIND_MANIFEST_IDENTITY, 0), expected);
    ck_assert_uint_eq(bench.work.count, expected[0] != 0);
    bench_check(&bench);
    bench_close(&bench);
}

START_TEST(the_first_identity_outside_of_dependencies_counts)
{
    identity_is(whole, "Kaspersky & \"Co\" &x;");
    identity_is("<dependency/><assemblyIdentity name='a'/>", "a");
    identity_is("<assemblyIdentity type='>' name=\"a\">", "a");
    identity_is("<![CDATA[<assemblyIdentity name='b'/>]]><assemblyIdentity name='a'/>", "a");
    identity_is("<!-- > --><assemblyIdentity name='a'/>", "a");
    identity_is("</dependency><assemblyIdentity name='a'/>", "a");
}
END_TEST

START_TEST(what_has_no_identity_yields_nothing)
{
    identity_is("<dependency><assemblyIdentity name='a'/></dependency>", "");
    identity_is("<dependency><assemblyIdentity name='a'/>", "");
    identity_is("<assemblyIdentity/>", "");
    identity_is("<assemblyIdentity name=/>", "");
    identity_is("<assemblyIdentity name", "");
    identity_is("<assemblyIdentity name='a", "");
    identity_is("<assemblyIdentity rename='a'/>", "");
    identity_is("<assemblyIdentity name=''/>", "");
    identity_is("<assemblyIdentities name='a'/>", "");
    identity_is("</assemblyIdentity name='a'>", "");
    identity_is("<!-- <assemblyIdentity name='a'/>", "");
    identity_is("", "");
}
END_TEST

START_TEST(every_prefix_and_every_flipped_byte_is_safe)
{
    size_t size = sizeof whole - 1;
    for (size_t len = 0; len <= size; len++) {
        uint8_t *exact = malloc(len ? len : 1);
        memcpy(exact, whole, len);
        for (size_t flip = 0; flip < (len == size ? size : 1); flip++) {
            struct bench bench;
            bench_open(&bench, span_text(""), 0);
            if (len == size)
                exact[flip] ^= 0x3f;
            bench_blob(&bench, BLOB_MANIFEST, span_of(exact, len));
            vpi_family_manifest(&bench.work);
            bench_check(&bench);
            if (len == size)
                exact[flip] ^= 0x3f;
            bench_close(&bench);
        }
        free(exact);
    }
}
END_TEST

START_TEST(hostile_manifests_are_linear)
{
    static const char *const units[] = {"<",
                                        "<!--",
                                        "<a ",
                                        "<dependency>",
                                        "\"",
                                        "<![CDATA[",
                                        "a='b' ",
                                        "&amp",
                                        "<assemblyIdentity a='b' "};
    static char text[1 << 20];
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        struct bench bench;
        size_t unit = strlen(units[u]);
        clock_t start = clock();
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = units[u][i % unit];
        memcpy(text, "<assemblyIdentity ", u % 2 ? 18 : 0);
        bench_open(&bench, span_text(""), 0);
        bench_blob(&bench, BLOB_MANIFEST, span_of(text, sizeof text));
        vpi_family_manifest(&bench.work);
        bench_close(&bench);
        ck_assert(clock() - start < 2 * CLOCKS_PER_SEC);
    }
}
END_TEST

#define TESTS                                                                                      \
    TEST(the_first_identity_outside_of_dependencies_counts)                                        \
    TEST(what_has_no_identity_yields_nothing)                                                      \
    TEST(every_prefix_and_every_flipped_byte_is_safe)                                              \
    TEST(hostile_manifests_are_linear)
#include "check_main.h"
