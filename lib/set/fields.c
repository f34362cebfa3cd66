/* fields.c - what may stand in a map of the text set */
#include "set/fields.h"

#include "base/date.h"

const char *const vpi_words_type[] = {"vendor", "origin", "builder", NULL};
const char *const vpi_words_status[] = {"active", "deprecated", NULL};
const char *const vpi_words_yes[] = {"no", "yes", NULL};
const char *const vpi_words_format[] = {
    "other", "pe32",       "pe32-plus", "elf32",    "elf64", "macho32", "macho64", "macho-fat",
    "dex",   "java-class", "gzip",      "xz",       "zstd",  "catalog", "inf",     "msi",
    "cab",   "script",     "msix",      "compound", "rpm",   "deb",     NULL};
const char *const vpi_words_role[] = {"other",         "program",  "library",   "driver",
                                      "kernel-module", "firmware", "installer", "package",
                                      "object",        "core",     "debug",     NULL};
const char *const vpi_words_relation[] = {"publisher", "component", "member", "signer",
                                          "claim",     "builder",   NULL};
const char *const vpi_words_level[] = {"possible", "probable", "identified", NULL};
const char *const vpi_words_answer[] = {"not-covered", "covered", "needs-human", NULL};
const char *const vpi_words_confidence[] = {"low", "medium", "high", NULL};

enum vp_subject_type vpi_subject_type(int word)
{
    return word == 1 ? VP_SUBJECT_ORIGIN : word == 2 ? VP_SUBJECT_BUILDER : VP_SUBJECT_VENDOR;
}

int vpi_word(const char *const *words, struct span text)
{
    for (int i = 0; words[i]; i++) {
        if (span_equal(span_text(words[i]), text))
            return i;
    }
    return -1;
}

static bool is_digits(struct span text)
{
    uint64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = (unsigned)text.data[i] - '0';
        if (digit > 9 || value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    return text.len > 0;
}

uint64_t vpi_digits(struct span text)
{
    uint64_t value = 0;
    for (size_t i = 0; i < text.len; i++)
        value = value * 10 + (text.data[i] - (uint64_t)'0');
    return value;
}

/* Splits at the first `separator`; false: there is none. */
static bool split(struct span text, char separator, struct span *ret_before, struct span *ret_after)
{
    const uint8_t *at = text.len ? memchr(text.data, separator, text.len) : NULL;
    if (!at)
        return false;
    *ret_before = span_of(text.data, (size_t)(at - text.data));
    *ret_after = span_from(text, ret_before->len + 1);
    return true;
}

static bool is_id(struct span text)
{
    if (text.len == 0 || text.len > 64 || text.data[0] == '-')
        return false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return true;
}

static bool is_size(struct span text)
{
    struct span least, most;
    if (!split(text, '-', &least, &most))
        return is_digits(text);
    return is_digits(least) && is_digits(most) && vpi_digits(least) <= vpi_digits(most);
}

void vpi_size_range(struct span text, uint64_t *ret_least, uint64_t *ret_most)
{
    struct span least, most;
    if (!split(text, '-', &least, &most))
        least = most = text;
    *ret_least = vpi_digits(least);
    *ret_most = vpi_digits(most);
}

static bool is_hexadecimal(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F'))
            return false;
    }
    return true;
}

/* Subtags of letters and digits, as much of BCP 47 as tells a slip of the pen. */
static bool is_language(struct span text)
{
    size_t len = 0, tags = 0;
    for (size_t i = 0; i <= text.len; i++) {
        uint8_t c = i < text.len ? text.data[i] : '-';
        if (c == '-') {
            if (len < (tags == 0 ? 2 : 1) || len > 8)
                return false;
            len = 0;
            tags++;
            continue;
        }
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(tags > 0 && c >= '0' && c <= '9'))
            return false;
        len++;
    }
    return true;
}

static bool is_subject(struct span text)
{
    struct span vendor, product;
    return split(text, '/', &vendor, &product) ? is_id(vendor) && is_id(product) : is_id(text);
}

static bool is_kind(struct span text)
{
    const struct kind *kind = vpi_kind_named(text);
    return kind && kind->class != CLASS_VERSION;
}

const char *vpi_field_problem(enum field_type type, struct span text, const char *const *words)
{
    uint32_t days;
    switch (type) {
    case FIELD_TEXT:
        return text.len > 0 ? NULL : "is empty";
    case FIELD_ID:
        return is_id(text) ? NULL : "is no id (lower-case letters, digits and hyphens)";
    case FIELD_SUBJECT:
        return is_subject(text) ? NULL : "is no id of a vendor or product";
    case FIELD_DIGITS:
        return is_digits(text) ? NULL : "is no number";
    case FIELD_DATE:
        return vpi_date_parse(text, &days) ? NULL : "is no date YYYY-MM-DD";
    case FIELD_PARTIAL:
        return vpi_date_partial(text) ? NULL : "is no date YYYY, YYYY-MM or YYYY-MM-DD";
    case FIELD_SIZE:
        return is_size(text) ? NULL : "is no size or LEAST-MOST";
    case FIELD_PREFIX:
        return text.len > 0 && text.len <= 32 && text.len % 2 == 0 && is_hexadecimal(text)
                   ? NULL
                   : "is not 1 to 16 bytes in hexadecimal";
    case FIELD_LANGUAGE:
        return is_language(text) ? NULL : "is no BCP 47 language";
    case FIELD_KIND:
    case FIELD_KINDS:
        return is_kind(text) ? NULL : "is no kind that can be looked up";
    case FIELD_WORD:
    case FIELD_WORDS:
        return vpi_word(words, text) >= 0 ? NULL : "is no word that is known here";
    case FIELD_MAPS:
    case FIELD_MAP:
        break;
    }
    return "should not be a text";
}

static void say(struct vp_set *set, const char *file, const struct node *node, const char *name,
                const char *problem)
{
    vpi_set_say(set, VP_SEVERITY_ERROR, place_of(file, node), "%s: %s", name, problem);
}

static bool check_scalar(struct vp_set *set, const char *file, const struct node *node,
                         const struct field *field)
{
    if (node->type != NODE_SCALAR) {
        say(set, file, node, field->name, "should be a text");
        return false;
    }
    const char *problem = vpi_field_problem(field->type, node->text, field->words);
    if (problem)
        vpi_set_say(set, VP_SEVERITY_ERROR, place_of(file, node), "%s: '%s' %s", field->name,
                    (const char *)node->text.data, problem);
    return !problem;
}

static bool check_list(struct vp_set *set, const char *file, const struct node *list,
                       const struct field *field)
{
    bool fine = true;
    if (list->type != NODE_LIST) {
        say(set, file, list, field->name, "should be a list");
        return false;
    }
    for (const struct node *item = list->first; item; item = item->next) {
        if (field->type != FIELD_MAPS) {
            fine &= check_scalar(set, file, item, field);
        } else if (item->type != NODE_MAP) {
            say(set, file, item, field->name, "should be a list of maps");
            fine = false;
        }
    }
    return fine;
}

static bool check_field(struct vp_set *set, const char *file, const struct node *node,
                        const struct field *field)
{
    switch (field->type) {
    case FIELD_MAP:
        if (node->type != NODE_MAP)
            say(set, file, node, field->name, "should be a map");
        return node->type == NODE_MAP;
    case FIELD_MAPS:
    case FIELD_KINDS:
    case FIELD_WORDS:
        return check_list(set, file, node, field);
    default:
        return check_scalar(set, file, node, field);
    }
}

bool vpi_fields_check(struct vp_set *set, const char *file, const struct node *map,
                      const struct field *fields)
{
    bool fine = true;
    if (map->type != NODE_MAP) {
        vpi_set_say(set, VP_SEVERITY_ERROR, place_of(file, map), "should be a map");
        return false;
    }
    for (const struct node *node = map->first; node; node = node->next) {
        const struct field *field = fields;
        while (field->name && !span_equal(span_text(field->name), node->key))
            field++;
        if (field->name) {
            fine &= check_field(set, file, node, field);
            continue;
        }
        struct place place = {file, node->key_line, node->key_column};
        vpi_set_say(set, VP_SEVERITY_ERROR, place, "unknown field '%s'",
                    (const char *)node->key.data);
        fine = false;
    }
    for (const struct field *field = fields; field->name; field++) {
        if (field->required && !vpi_node_field(map, field->name)) {
            vpi_set_say(set, VP_SEVERITY_ERROR, place_of(file, map), "no field '%s'", field->name);
            fine = false;
        }
    }
    return fine;
}

const char *vpi_field_text(const struct node *map, const char *name)
{
    const struct node *node = vpi_node_field(map, name);
    return node ? (const char *)node->text.data : NULL;
}

int vpi_field_word(const struct node *map, const char *name, const char *const *words)
{
    const struct node *node = vpi_node_field(map, name);
    return node ? vpi_word(words, node->text) : -1;
}

uint32_t vpi_field_words(const struct node *map, const char *name, const char *const *words)
{
    const struct node *list = vpi_node_field(map, name);
    uint32_t bits = 0;
    for (const struct node *item = list ? list->first : NULL; item; item = item->next)
        bits |= 1u << vpi_word(words, item->text);
    return bits;
}
