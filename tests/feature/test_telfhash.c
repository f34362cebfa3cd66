/* test_telfhash.c - TLSH of what the original hashed, and which symbols telfhash takes */
#include "work.h"

#include "feature/tlsh.h"

enum { SELECTED = SYMBOL_FUNCTION | SYMBOL_STRONG | SYMBOL_VISIBLE | SYMBOL_FIRST_TABLE };

/* The input of the vectors, made by TLSH 4.5.0 (py-tlsh 5.0.0 gives the same). */
static uint8_t byte_at(size_t i)
{
    return (uint8_t)(i * i * 7 + i * 3 + (i >> 5));
}

START_TEST(tlsh_is_that_of_the_original)
{
    static const struct {
        size_t len;
        const char *text;
    } vectors[] = {
        {50, "t10e90021cd50091415c2151a6e5058552d480011627654b298712ac011509a708c7a498"},
        {51, "t1ab90021cd50091415c2151a6e6058552d490011627654b298712ac011609a708c7a498"},
        {256, "t1cbd02bac97c631023571d7a1f144944ac0d145875f514e2b524cc815d9145628daa348"},
        {700, "t1d301104cfac35106703397e6a9909a09e4e5a3834f298f2f6388c515e70969146ae7c6"},
        {3200, "t18e614c28d947b3131017b5742534a9c9ed7213638de64ab36383c11fe2053c88adc7a5"},
        {70000, "t16e63bf64d397b3233912ff646877a09aa96757634ef18dd39386432fe00c1898acd6b1"},
    };
    for (size_t v = 0; v < sizeof vectors / sizeof *vectors; v++) {
        struct tlsh tlsh = {.len = 0};
        char text[TLSH_TEXT];
        for (size_t i = 0; i < vectors[v].len; i++) {
            uint8_t byte = byte_at(i);
            vpi_tlsh_add(&tlsh, span_of(&byte, 1));
        }
        ck_assert(vpi_tlsh_end(&tlsh, text));
        ck_assert_str_eq(text, vectors[v].text);
    }
}
END_TEST

START_TEST(too_little_and_too_uniform_input_has_no_tlsh)
{
    struct tlsh tlsh = {.len = 0};
    char text[TLSH_TEXT];
    ck_assert(!vpi_tlsh_end(&tlsh, text));
    for (size_t i = 0; i < 49; i++) {
        uint8_t byte = byte_at(i);
        vpi_tlsh_add(&tlsh, span_of(&byte, 1));
    }
    ck_assert(!vpi_tlsh_end(&tlsh, text));
    memset(&tlsh, 0, sizeof tlsh);
    for (size_t i = 0; i < 100000; i++)
        vpi_tlsh_add(&tlsh, span_text("ab,cd"));
    ck_assert(!vpi_tlsh_end(&tlsh, text));
}
END_TEST

static void symbol(struct bench *bench, const char *name, unsigned flags)
{
    struct image_symbol *s = vpi_image_symbol(&bench->image);
    s->name = span_text(name);
    s->flags = flags;
}

/* Names enough for a hash, so that one more or less shows. */
static void fill(struct bench *bench)
{
    static const char *const names[] = {"accept", "bind", "close",  "connect", "execve", "fork",
                                        "listen", "open", "printf", "read",    "recv",   "select",
                                        "send",   "time", "usleep", "waitpid", "write"};
    for (size_t i = sizeof names / sizeof *names; i-- > 0;)
        symbol(bench, names[i], SELECTED);
}

static char *hash_with(const char *name, unsigned flags, char ret[TLSH_TEXT])
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    fill(&bench);
    if (name)
        symbol(&bench, name, flags);
    vpi_family_telfhash(&bench.work);
    strcpy(ret, bench_text(&bench, KIND_TELFHASH, 0));
    bench_check(&bench);
    bench_close(&bench);
    return ret;
}

START_TEST(only_visible_global_functions_of_the_first_table_count)
{
    char plain[TLSH_TEXT], other[TLSH_TEXT];
    hash_with(NULL, 0, plain);
    ck_assert_str_eq(plain,
                     "t1f1b012d4e6b67d6c4df75936b494078d8043ea67406302101a54c241883900b800c37f");
    ck_assert_str_ne(hash_with("zzz_name", SELECTED, other), plain);
    ck_assert_str_ne(hash_with("zzz_name", SELECTED | SYMBOL_DEFINED, other), plain);
    static const unsigned needed[] = {SYMBOL_FUNCTION, SYMBOL_STRONG, SYMBOL_VISIBLE,
                                      SYMBOL_FIRST_TABLE};
    for (size_t i = 0; i < 4; i++)
        ck_assert_str_eq(hash_with("zzz_name", SELECTED & ~needed[i], other), plain);
}
END_TEST

START_TEST(names_beyond_ascii_and_partial_tables_have_no_hash)
{
    char text[TLSH_TEXT];
    ck_assert_str_eq(hash_with("na\xc3\xafve", SELECTED, text), "");
    ck_assert_str_ne(hash_with("_na\xc3\xafve", SELECTED, text), ""); /* left out before */
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    fill(&bench);
    bench.image.symbols_partial = true;
    vpi_family_telfhash(&bench.work);
    vpi_family_symbol_set(&bench.work);
    ck_assert_uint_eq(bench.work.count, 0);
    bench_close(&bench);
}
END_TEST

#define TESTS                                                                                      \
    TEST(tlsh_is_that_of_the_original)                                                             \
    TEST(too_little_and_too_uniform_input_has_no_tlsh)                                             \
    TEST(only_visible_global_functions_of_the_first_table_count)                                   \
    TEST(names_beyond_ascii_and_partial_tables_have_no_hash)
#include "check_main.h"
