/* phrase.c - the values under which a text is looked up
 *
 * A text is cut into tokens: words (letters, marks and digits), or single characters for scripts
 * that are written without spaces.  All tokens stand in one buffer, neighbouring words one space
 * apart, so that a phrase is a slice of it; the same buffer with digits collapsed stands beside it.
 */
#include "feature/feature.h"
#include "feature/unicode.h"

enum { FEW = 16, SEEN_SLOTS = 2048 }; /* a power of two, sparse at PHRASES_MOST */

struct token {
    uint32_t start, end;               /* in the plain text */
    uint32_t start_digits, end_digits; /* in the text with digits collapsed */
    uint32_t run;                      /* phrases don't cross from one run to the next */
    bool character;                    /* of a script without spaces; else a word */
    bool katakana;
};

struct tokens {
    struct token items[PHRASES_MOST];
    size_t count;
    bool more; /* the text has more */
    uint8_t *plain, *digits;
    size_t plain_len, digits_len;
};

struct finder {
    void (*each)(void *context, struct span phrase);
    void *context;
    size_t count;
    uint64_t few[FEW]; /* the first, in place of the table: most texts have no more */
    uint64_t seen[SEEN_SLOTS];
};

struct range {
    int32_t first, last;
};

static bool in_ranges(int32_t c, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    }
    return false;
}

static bool is_katakana(int32_t c)
{
    static const struct range ranges[] = {
        {0x30a1, 0x30ff},   {0x31f0, 0x31ff},   {0xff66, 0xff9f},   {0x1aff0, 0x1afff},
        {0x1b000, 0x1b000}, {0x1b120, 0x1b122}, {0x1b155, 0x1b155}, {0x1b164, 0x1b167}};
    return in_ranges(c, ranges, sizeof ranges / sizeof *ranges);
}

/* Han, Hiragana, Katakana, Thai, Lao, Khmer, Myanmar. */
static bool is_spaceless(int32_t c)
{
    static const struct range ranges[] = {
        {0x0e00, 0x0eff},   {0x1000, 0x109f},   {0x1780, 0x17ff},   {0x19e0, 0x19ff},
        {0x2e80, 0x2fdf},   {0x3005, 0x3007},   {0x3021, 0x3029},   {0x3038, 0x303b},
        {0x3041, 0x30ff},   {0x31f0, 0x31ff},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},
        {0xa9e0, 0xa9ff},   {0xaa60, 0xaa7f},   {0xf900, 0xfaff},   {0xff66, 0xff9f},
        {0x1aff0, 0x1afff}, {0x1b000, 0x1b16f}, {0x20000, 0x3ffff},
    };
    return c >= 0x0e00 && in_ranges(c, ranges, sizeof ranges / sizeof *ranges);
}

static bool is_word(enum unicode_class class)
{
    return class >= UNICODE_LETTER && class <= UNICODE_DIGIT;
}

/* Every run of decimal digits becomes one '#'. */
static bool collapse_digits(struct arena *arena, struct span text, struct span *ret)
{
    uint8_t *bytes = vpi_arena_alloc(arena, text.len + 1);
    if (!bytes)
        return false;
    size_t used = 0, len;
    bool after_digit = false;
    int32_t c;
    for (size_t off = 0; (len = vpi_utf8_next(text, off, &c)) > 0; off += len) {
        bool digit = vpi_unicode_class(c) == UNICODE_DIGIT;
        if (!digit) {
            memcpy(bytes + used, text.data + off, len);
            used += len;
        } else if (!after_digit) {
            bytes[used++] = '#';
        }
        after_digit = digit;
    }
    *ret = span_of(bytes, used);
    return true;
}

static void put(uint8_t *to, size_t *used, struct span bytes)
{
    memcpy(to + *used, bytes.data, bytes.len);
    *used += bytes.len;
}

/* Opens a token; a word joins the run of the word before it. */
static struct token *token_new(struct tokens *all, int32_t c, bool adjacent)
{
    if (all->count == PHRASES_MOST) {
        all->more = true;
        return NULL;
    }
    struct token *before = all->count ? &all->items[all->count - 1] : NULL;
    struct token *token = &all->items[all->count];
    memset(token, 0, sizeof *token);
    token->character = is_spaceless(c);
    token->katakana = is_katakana(c);
    bool joins = before && before->character == token->character && (adjacent || !token->character);
    token->run = before ? before->run + !joins : 0;
    if (before && !(joins && token->character)) {
        put(all->plain, &all->plain_len, span_text(" "));
        put(all->digits, &all->digits_len, span_text(" "));
    }
    token->start = (uint32_t)all->plain_len;
    token->start_digits = (uint32_t)all->digits_len;
    all->count++;
    return token;
}

/* Cuts `text`; false without memory. */
static bool tokens_read(struct arena *arena, struct span text, struct tokens *all)
{
    /* A separator is written only where the text had one, or between scripts: at most one for each
     * character of the text. */
    all->count = all->plain_len = all->digits_len = 0;
    all->more = false;
    all->plain = vpi_arena_array(arena, text.len + 1, 2);
    all->digits = vpi_arena_array(arena, text.len + 1, 2);
    if (!all->plain || !all->digits)
        return false;
    struct token *token = NULL;
    bool after_digit = false, adjacent = false;
    int32_t c;
    size_t len;
    for (size_t off = 0; (len = vpi_utf8_next(text, off, &c)) > 0; off += len) {
        enum unicode_class class = vpi_unicode_class(c);
        if (!is_word(class)) {
            token = NULL;
            adjacent = false;
            continue;
        }
        /* A mark stays with what it stands on, whatever its script says. */
        bool continues = token && !token->character && (class == UNICODE_MARK || !is_spaceless(c));
        if (!continues) {
            token = token_new(all, c, adjacent);
            after_digit = false;
        }
        if (!token)
            return true;
        bool digit = class == UNICODE_DIGIT;
        put(all->plain, &all->plain_len, span_of(text.data + off, len));
        if (!digit)
            put(all->digits, &all->digits_len, span_of(text.data + off, len));
        else if (!after_digit)
            put(all->digits, &all->digits_len, span_text("#"));
        after_digit = digit;
        adjacent = true;
        token->end = (uint32_t)all->plain_len;
        token->end_digits = (uint32_t)all->digits_len;
    }
    return true;
}

/* Remembers it in the table. */
static bool is_new(struct finder *finder, uint64_t hash)
{
    size_t slot = (size_t)hash % SEEN_SLOTS;
    while (finder->seen[slot] != 0 && finder->seen[slot] != hash)
        slot = (slot + 1) % SEEN_SLOTS;
    bool new = finder->seen[slot] != hash;
    finder->seen[slot] = hash;
    return new;
}

/* The last of the few puts them all into the table. */
static bool is_new_of_few(struct finder *finder, uint64_t hash)
{
    for (size_t i = 0; i < finder->count; i++) {
        if (finder->few[i] == hash)
            return false;
    }
    finder->few[finder->count] = hash;
    if (finder->count == FEW - 1) {
        memset(finder->seen, 0, sizeof finder->seen);
        for (size_t i = 0; i < FEW; i++)
            (void)is_new(finder, finder->few[i]);
    }
    return true;
}

/* False: enough. */
static bool find(struct finder *finder, struct span phrase)
{
    if (finder->count == PHRASES_MOST)
        return false;
    if (phrase.len == 0)
        return true;
    uint64_t hash = vpi_hash64(phrase);
    hash += hash == 0; /* 0 is an empty slot */
    if (finder->count < FEW ? !is_new_of_few(finder, hash) : !is_new(finder, hash))
        return true;
    finder->count++;
    finder->each(finder->context, phrase);
    return true;
}

static bool find_tokens(struct finder *finder, const struct tokens *all, size_t first, size_t last)
{
    const struct token *a = &all->items[first], *b = &all->items[last];
    return find(finder, span_of(all->plain + a->start, b->end - a->start)) &&
           find(finder, span_of(all->digits + a->start_digits, b->end_digits - a->start_digits));
}

/* A loan word in Katakana is longer than a phrase: a run of Katakana alone is one as a whole. */
static size_t katakana_end(const struct tokens *all, size_t first)
{
    size_t end = first;
    if (first > 0 && all->items[first - 1].katakana &&
        all->items[first - 1].run == all->items[first].run)
        return first;
    while (end < all->count && all->items[end].katakana &&
           all->items[end].run == all->items[first].run)
        end++;
    return end;
}

static bool find_at(struct finder *finder, const struct tokens *all, size_t first)
{
    const struct token *token = &all->items[first];
    size_t most = token->character ? PHRASE_CHARACTERS_MOST : PHRASE_WORDS;
    size_t least = token->character ? PHRASE_CHARACTERS_LEAST : 1;
    size_t end = katakana_end(all, first);
    if (end - first > PHRASE_CHARACTERS_MOST && !find_tokens(finder, all, first, end - 1))
        return false;
    for (size_t count = most; count >= least; count--) {
        size_t last = first + count - 1;
        if (last < all->count && all->items[last].run == token->run &&
            !find_tokens(finder, all, first, last))
            return false;
    }
    return true;
}

/* A name has no phrases. */
static bool find_name(struct arena *arena, struct span value,
                      void (*each)(void *context, struct span phrase), void *context)
{
    struct span digits;
    if (value.len > 0)
        each(context, value);
    if (!collapse_digits(arena, value, &digits))
        return false;
    if (digits.len > 0 && !span_equal(digits, value))
        each(context, digits);
    return true;
}

bool vpi_phrases(struct arena *arena, const struct kind *kind, struct span value,
                 void (*each)(void *context, struct span phrase), void *context)
{
    if (kind->form != FORM_TEXT && kind->form != FORM_NAME) {
        each(context, value);
        return true;
    }
    struct span digits;
    if (kind->form == FORM_NAME)
        return find_name(arena, value, each, context);
    struct finder finder; /* the table is not needed yet */
    finder.each = each;
    finder.context = context;
    finder.count = 0;
    find(&finder, value);
    if (!collapse_digits(arena, value, &digits))
        return false;
    find(&finder, digits);
    struct tokens all;
    if (!tokens_read(arena, value, &all))
        return false;
    for (size_t i = 0; i < all.count; i++) {
        if (!find_at(&finder, &all, i))
            return false;
    }
    return !all.more;
}

bool vpi_phrase_of(struct arena *arena, struct span canonical, struct span *ret, size_t *ret_words)
{
    struct tokens all;
    if (!tokens_read(arena, canonical, &all) || all.count == 0 || all.more)
        return false;
    const struct token *last = &all.items[all.count - 1];
    bool one_run = last->run == 0;
    bool short_one = last->character && all.count < PHRASE_CHARACTERS_LEAST;
    if (!one_run || short_one)
        return false;
    *ret = span_of(all.plain, all.plain_len);
    /* A whole run of Katakana is found however long it is. */
    *ret_words =
        last->character && katakana_end(&all, 0) == all.count && all.count > PHRASE_CHARACTERS_MOST
            ? 1
            : all.count;
    return true;
}
