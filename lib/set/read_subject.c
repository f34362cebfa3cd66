/* read_subject.c - a file of vendors/ or products/ */
#include "set/fields.h"

static const char *const words_name[] = {"legal", "brand", NULL};
static const char *const words_affiliate[] = {"parent",    "subsidiary", "successor", "predecessor",
                                              "affiliate", "licensee",   NULL};

#define SUBJECT_FIELDS                                                                             \
    {"name", FIELD_TEXT, true, NULL}, {"status", FIELD_WORD, false, vpi_words_status},             \
        {"signs-for-others", FIELD_WORD, false, vpi_words_yes},                                    \
        {"names", FIELD_MAPS, false, NULL}, {"affiliates", FIELD_MAPS, false, NULL},               \
        {"gates", FIELD_MAP, false, NULL}, {"keys", FIELD_MAPS, false, NULL},                      \
    {                                                                                              \
        NULL, 0, false, NULL                                                                       \
    }

static const struct field vendor_fields[] = {{"id", FIELD_ID, true, NULL},
                                             {"type", FIELD_WORD, true, vpi_words_type},
                                             {"owner", FIELD_ID, false, NULL},
                                             SUBJECT_FIELDS};

static const struct field product_fields[] = {
    {"id", FIELD_SUBJECT, true, NULL}, {"vendor", FIELD_ID, true, NULL}, SUBJECT_FIELDS};

static const struct field name_fields[] = {
    {"value", FIELD_TEXT, true, NULL},
    {"type", FIELD_WORD, true, words_name},
    {"language", FIELD_LANGUAGE, false, NULL},
    {"from", FIELD_PARTIAL, false, NULL},
    {"to", FIELD_PARTIAL, false, NULL},
    {"kinds", FIELD_KINDS, false, NULL},
    {"confidence", FIELD_WORD, true, vpi_words_confidence},
    {"source", FIELD_TEXT, true, NULL},
    {NULL, 0, false, NULL},
};

static const struct field affiliate_fields[] = {
    {"name", FIELD_TEXT, true, NULL},
    {"relation", FIELD_WORD, true, words_affiliate},
    {"from", FIELD_PARTIAL, false, NULL},
    {"to", FIELD_PARTIAL, false, NULL},
    {"confidence", FIELD_WORD, true, vpi_words_confidence},
    {"source", FIELD_TEXT, true, NULL},
    {NULL, 0, false, NULL},
};

static const struct field key_fields[] = {
    {"kind", FIELD_KIND, true, NULL},
    {"value", FIELD_TEXT, true, NULL},
    {"relation", FIELD_WORD, false, vpi_words_relation},
    {"gate", FIELD_ID, false, NULL},
    {"size", FIELD_DIGITS, false, NULL},
    {"version", FIELD_TEXT, false, NULL},
    {"file", FIELD_TEXT, false, NULL},
    {"signed", FIELD_WORD, false, vpi_words_yes},
    {"date", FIELD_PARTIAL, false, NULL},
    {"confidence", FIELD_WORD, true, vpi_words_confidence},
    {"source", FIELD_TEXT, true, NULL},
    {NULL, 0, false, NULL},
};

enum vp_relation vpi_set_relation(const struct kind *kind, enum vp_subject_type type)
{
    switch (kind->class) {
    case CLASS_EXACT:
        return VP_RELATION_PUBLISHER;
    case CLASS_SIGNER:
        return VP_RELATION_SIGNER;
    case CLASS_STRUCTURE:
        if (type == VP_SUBJECT_BUILDER)
            return VP_RELATION_BUILDER;
        return type == VP_SUBJECT_ORIGIN ? VP_RELATION_COMPONENT : VP_RELATION_PUBLISHER;
    case CLASS_NARROW:
    case CLASS_TEXT:
    case CLASS_NAME:
    case CLASS_VERSION:
        break;
    }
    return VP_RELATION_CLAIM;
}

bool vpi_set_key_value(struct vp_set *set, struct arena *arena, struct set_key *key,
                       struct span text)
{
    const char *why = "";
    if (!vpi_canonical_value(arena, key->kind, text, &key->value, &why)) {
        vpi_set_say(set, VP_SEVERITY_ERROR, key->place, "value: no %s: %s", key->kind->name, why);
        return false;
    }
    if (key->kind->form != FORM_TEXT)
        return true;
    /* '#' stands for digits; a phrase has no place for it. */
    if (key->value.len && memchr(key->value.data, '#', key->value.len))
        return true;
    key->has_phrase =
        vpi_phrase_of(arena, key->value, &key->phrase, &key->words) && key->words <= PHRASE_WORDS;
    return true;
}

static void read_name(struct vp_set *set, const char *file, uint32_t subject,
                      const struct node *map)
{
    if (!vpi_fields_check(set, file, map, name_fields))
        return;
    const struct node *value = vpi_node_field(map, "value");
    const struct node *kinds = vpi_node_field(map, "kinds");
    for (const struct node *item = kinds ? kinds->first : NULL; item; item = item->next) {
        struct set_key key = {
            .subject = subject,
            .kind = vpi_kind_named(item->text),
            .confidence =
                (enum vp_confidence)(vpi_field_word(map, "confidence", vpi_words_confidence) + 1),
            .gate = VP_NO_INDEX,
            .size = VP_NONE,
            .source = vpi_field_text(map, "source"),
            .place = place_of(file, value),
            .is_name = true,
        };
        key.relation = vpi_set_relation(key.kind, set->subjects[subject].type);
        if (key.kind->form != FORM_TEXT && key.kind->form != FORM_NAME) {
            vpi_set_say(set, VP_SEVERITY_ERROR, place_of(file, item), "kinds: %s is no text",
                        key.kind->name);
            continue;
        }
        if (!vpi_set_key_value(set, &set->arena, &key, value->text))
            continue;
        struct set_key *to = vpi_set_add(set, keys);
        if (to)
            *to = key;
    }
}

static void read_key(struct vp_set *set, const char *file, uint32_t subject, const struct node *map)
{
    if (!vpi_fields_check(set, file, map, key_fields))
        return;
    const struct node *value = vpi_node_field(map, "value");
    const struct node *gate = vpi_node_field(map, "gate");
    const struct node *size = vpi_node_field(map, "size");
    int relation = vpi_field_word(map, "relation", vpi_words_relation);
    struct set_key key = {
        .subject = subject,
        .kind = vpi_kind_named(vpi_node_field(map, "kind")->text),
        .confidence =
            (enum vp_confidence)(vpi_field_word(map, "confidence", vpi_words_confidence) + 1),
        .gate = VP_NO_INDEX,
        .gate_name = vpi_field_text(map, "gate"),
        .size = size ? vpi_digits(size->text) : VP_NONE,
        .version = vpi_field_text(map, "version"),
        .file = vpi_field_text(map, "file"),
        .was_signed = vpi_field_word(map, "signed", vpi_words_yes) == 1,
        .date = vpi_field_text(map, "date"),
        .source = vpi_field_text(map, "source"),
        .place = place_of(file, value),
        .gate_place = place_of(file, gate ? gate : size),
    };
    key.relation = relation >= 0 ? (enum vp_relation)(relation + 1)
                                 : vpi_set_relation(key.kind, set->subjects[subject].type);
    if ((gate || size) && key.kind->class != CLASS_EXACT) {
        vpi_set_say(set, VP_SEVERITY_ERROR, key.gate_place, "%s: only digests have one",
                    gate ? "gate" : "size");
        return;
    }
    if (!vpi_set_key_value(set, &set->arena, &key, value->text))
        return;
    struct set_key *to = vpi_set_add(set, keys);
    if (to)
        *to = key;
}

static const struct node *first_of(const struct node *map, const char *field)
{
    const struct node *node = vpi_node_field(map, field);
    return node ? node->first : NULL;
}

void vpi_set_read_subject(struct vp_set *set, const char *file, const char *expected_id,
                          bool product, const struct node *root)
{
    if (!vpi_fields_check(set, file, root, product ? product_fields : vendor_fields))
        return;
    const struct node *id = vpi_node_field(root, "id");
    if (!span_equal(id->text, span_text(expected_id))) {
        vpi_set_say(set, VP_SEVERITY_ERROR, place_of(file, id),
                    "id: '%s' stands in the file of '%s'", (const char *)id->text.data,
                    expected_id);
        return;
    }
    int type = vpi_field_word(root, "type", vpi_words_type);
    struct set_subject subject = {
        .id = (const char *)id->text.data,
        .name = vpi_field_text(root, "name"),
        .vendor_id = vpi_field_text(root, "vendor"),
        .type = product ? VP_SUBJECT_PRODUCT : vpi_subject_type(type),
        .signs_for_others = vpi_field_word(root, "signs-for-others", vpi_words_yes) == 1,
        .deprecated = vpi_field_word(root, "status", vpi_words_status) == 1,
        .owner_id = vpi_field_text(root, "owner"),
        .vendor = VP_NO_INDEX,
        .place = place_of(file, id),
        .owner_place = place_of(file, vpi_node_field(root, "owner")),
        .vendor_place = place_of(file, vpi_node_field(root, "vendor")),
    };
    uint32_t index = (uint32_t)set->subjects_count;
    struct set_subject *to = vpi_set_add(set, subjects);
    if (!to)
        return;
    *to = subject;
    for (const struct node *item = first_of(root, "names"); item; item = item->next)
        read_name(set, file, index, item);
    for (const struct node *item = first_of(root, "affiliates"); item; item = item->next)
        (void)vpi_fields_check(set, file, item, affiliate_fields);
    for (const struct node *item = first_of(root, "gates"); item; item = item->next)
        vpi_set_read_gate(set, file, index, item);
    for (const struct node *item = first_of(root, "keys"); item; item = item->next)
        read_key(set, file, index, item);
}
