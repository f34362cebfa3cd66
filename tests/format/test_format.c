/* test_format.c - what the list of formats says of their first bytes */
#include <check.h>

#include "format/format.h"

static const struct {
    const char *name;
    bool (*probe)(struct span head);
    size_t len;
    const char *bytes;
} samples[] = {
#define SAMPLE(name, bytes)                                                                        \
    {                                                                                              \
#name, vpi_##name##_probe, sizeof bytes - 1, bytes                                         \
    }
    SAMPLE(pe, "MZ"),
    SAMPLE(macho, "\xcf\xfa\xed\xfe"),
    SAMPLE(macho, "\xce\xfa\xed\xfe"),
    SAMPLE(macho, "\xfe\xed\xfa\xce"),
    SAMPLE(macho, "\xfe\xed\xfa\xcf"),
    SAMPLE(elf, "\x7f"
                "ELF"),
    SAMPLE(java_class, "\xca\xfe\xba\xbe\0\0\0\x34\0\x20\x0a"),
    SAMPLE(cab, "MSCF\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\3\1"),
    SAMPLE(msix, "PK\3\4"),
    SAMPLE(deb, "!<arch>\ndebian-binary"),
    SAMPLE(inf, "[Version]"),
    SAMPLE(inf, "; a comment\n[Version]"),
    SAMPLE(inf, "\r\n\t [Version]"),
    SAMPLE(inf, "\xef\xbb\xbf[Version]"),
    SAMPLE(inf, "\xff\xfe[\0V\0e\0r\0s\0i\0o\0n\0]\0"),
#undef SAMPLE
};

/* A first byte that the list doesn't have is never a first byte that a probe takes. */
START_TEST(no_probe_takes_a_first_byte_that_is_not_in_the_list)
{
    unsigned taken = 0, others = 0;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        uint8_t head[SOURCE_HEAD] = {0};
        memcpy(head, samples[i].bytes, samples[i].len);
        ck_assert_msg(samples[i].probe(span_of(head, sizeof head)), "%s", samples[i].name);
        for (unsigned first = 0; first < 256; first++) {
            head[0] = (uint8_t)first;
            bool takes = vpi_format_probe(span_of(head, sizeof head));
            ck_assert_msg(!takes || vpi_format_may_begin((uint8_t)first), "%s: %02x",
                          samples[i].name, first);
            taken += takes;
        }
    }
    for (unsigned first = 0; first < 256; first++)
        others += !vpi_format_may_begin((uint8_t)first);
    ck_assert_uint_gt(taken, sizeof samples / sizeof *samples);
    ck_assert_uint_gt(others, 200);
}
END_TEST

START_TEST(text_and_manuals_begin_no_format)
{
    static const char firsts[] = ".'abc#<{/\"";
    for (size_t i = 0; i + 1 < sizeof firsts; i++)
        ck_assert(!vpi_format_may_begin((uint8_t)firsts[i]));
}
END_TEST

#define TESTS                                                                                      \
    TEST(no_probe_takes_a_first_byte_that_is_not_in_the_list)                                      \
    TEST(text_and_manuals_begin_no_format)
#include "check_main.h"
