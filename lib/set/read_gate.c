/* read_gate.c - gates: of a vendor or product, and gates.yaml */
#include "set/fields.h"

static const struct field gate_fields[] = {
    {"format", FIELD_WORDS, false, vpi_words_format},
    {"role", FIELD_WORDS, false, vpi_words_role},
    {"size", FIELD_SIZE, false, NULL},
    {"prefix", FIELD_PREFIX, false, NULL},
    {"requires", FIELD_ID, false, NULL},
    {"has", FIELD_KIND, false, NULL},
    {"value", FIELD_TEXT, false, NULL},
    {"lookup-only", FIELD_WORD, false, vpi_words_yes},
    {"source", FIELD_TEXT, true, NULL},
    {NULL, 0, false, NULL},
};

/* The feature that a gate asks for: of a kind, and perhaps with a value.  False after saying why.
 */
static bool read_has(struct vp_set *set, const char *file, const struct node *map,
                     struct set_gate *gate)
{
    const struct node *has = vpi_node_field(map, "has");
    const struct node *value = vpi_node_field(map, "value");
    if (has)
        gate->has = vpi_kind_named(has->text)->number;
    if (!value)
        return true;
    struct set_key key = {.place = place_of(file, value)};
    if (!has) {
        vpi_set_say(set, VP_SEVERITY_ERROR, key.place, "value: of no feature, there is no 'has'");
        return false;
    }
    key.kind = vpi_kind(gate->has);
    if (!vpi_set_key_value(set, &set->arena, &key, value->text))
        return false;
    gate->has_key = true;
    gate->key = vpi_feature_key(gate->has, key.value);
    return true;
}

void vpi_set_read_gate(struct vp_set *set, const char *file, uint32_t subject,
                       const struct node *map)
{
    struct span name = map->key;
    struct place place = {file, map->key_line, map->key_column};
    if (vpi_field_problem(FIELD_ID, name, NULL)) {
        vpi_set_say(set, VP_SEVERITY_ERROR, place, "gates: '%s' is no id", (const char *)name.data);
        return;
    }
    if (!vpi_fields_check(set, file, map, gate_fields))
        return;
    struct set_gate gate = {
        .subject = subject,
        .name = (const char *)name.data,
        .formats = vpi_field_words(map, "format", vpi_words_format),
        .roles = vpi_field_words(map, "role", vpi_words_role),
        .size_most = UINT64_MAX,
        .requires = vpi_field_text(map, "requires"),
        .requires_vendor = VP_NO_INDEX,
        .never = vpi_field_word(map, "lookup-only", vpi_words_yes) == 1,
        .place = place,
        .requires_place = place_of(file, vpi_node_field(map, "requires")),
    };
    if (!read_has(set, file, map, &gate))
        return;
    const struct node *size = vpi_node_field(map, "size");
    if (size)
        vpi_size_range(size->text, &gate.size_least, &gate.size_most);
    const struct node *prefix = vpi_node_field(map, "prefix");
    for (size_t i = 0; prefix && i < prefix->text.len; i++) {
        uint8_t c = prefix->text.data[i];
        uint8_t digit = (uint8_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
        gate.prefix[i / 2] = (uint8_t)(gate.prefix[i / 2] << 4 | digit);
        gate.prefix_len = (uint8_t)(i / 2 + 1);
    }
    if (prefix && gate.has_key) {
        vpi_set_say(set, VP_SEVERITY_ERROR, place, "gates: '%s' has a prefix and a value",
                    gate.name);
        return;
    }
    bool condition = gate.formats || gate.roles || size || prefix || gate.requires || gate.has;
    if (condition == gate.never) {
        vpi_set_say(set, VP_SEVERITY_ERROR, place,
                    condition ? "gates: '%s' never opens, so its conditions say nothing"
                              : "gates: '%s' has no condition",
                    gate.name);
        return;
    }
    struct set_gate *to = vpi_set_add(set, gates);
    if (to)
        *to = gate;
}

static const struct field set_gates_fields[] = {
    {"gates", FIELD_MAP, true, NULL},
    {NULL, 0, false, NULL},
};

void vpi_set_read_gates(struct vp_set *set, const char *file, const struct node *root)
{
    if (!vpi_fields_check(set, file, root, set_gates_fields))
        return;
    for (const struct node *item = vpi_node_field(root, "gates")->first; item; item = item->next)
        vpi_set_read_gate(set, file, VP_NO_INDEX, item);
}
