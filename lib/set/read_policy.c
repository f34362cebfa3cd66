/* read_policy.c - set.yaml and the files of policies/ */
#include "base/date.h"
#include "set/fields.h"

static const struct field head_fields[] = {
    {"serial", FIELD_DIGITS, true, NULL},
    {"date", FIELD_DATE, true, NULL},
    {"expires", FIELD_DATE, false, NULL},
    {"license", FIELD_TEXT, true, NULL},
    {NULL, 0, false, NULL},
};

static const struct field policy_fields[] = {
    {"id", FIELD_ID, true, NULL},
    {"title", FIELD_TEXT, true, NULL},
    {"basis", FIELD_TEXT, true, NULL},
    {"since", FIELD_DATE, true, NULL},
    {"source", FIELD_TEXT, true, NULL},
    {"rules", FIELD_MAPS, true, NULL},
    {NULL, 0, false, NULL},
};

static const struct field rule_fields[] = {
    {"subject", FIELD_SUBJECT, true, NULL},
    {"relations", FIELD_WORDS, false, vpi_words_relation},
    {"levels", FIELD_WORDS, false, vpi_words_level},
    {"answer", FIELD_WORD, true, vpi_words_answer},
    {"why", FIELD_TEXT, true, NULL},
    {"source", FIELD_TEXT, true, NULL},
    {NULL, 0, false, NULL},
};

void vpi_set_read_head(struct vp_set *set, const char *file, const struct node *root)
{
    if (!vpi_fields_check(set, file, root, head_fields))
        return;
    const struct node *expires_node = vpi_node_field(root, "expires");
    uint64_t serial = vpi_digits(vpi_node_field(root, "serial")->text);
    uint32_t date = 0, expires = 0;
    (void)vpi_date_parse(vpi_node_field(root, "date")->text, &date);
    if (expires_node)
        (void)vpi_date_parse(expires_node->text, &expires);
    if (expires_node && expires < date)
        vpi_set_say(set, VP_SEVERITY_ERROR, place_of(file, expires_node),
                    "expires: before the date of the set");
    /* Of several sets: as new as the newest, and good as long as all of them are. */
    set->serial = serial > set->serial ? serial : set->serial;
    set->date = date > set->date ? date : set->date;
    if (expires && (!set->expires || expires < set->expires))
        set->expires = expires;
}

static void read_rule(struct vp_set *set, const char *file, const struct node *map)
{
    if (!vpi_fields_check(set, file, map, rule_fields))
        return;
    struct set_rule *rule = vpi_set_add(set, rules);
    if (!rule)
        return;
    rule->subject_id = vpi_field_text(map, "subject");
    rule->subject = VP_NO_INDEX;
    /* Words of relations and levels count from 1. */
    rule->relations = vpi_field_words(map, "relations", vpi_words_relation) << 1;
    rule->levels = vpi_field_words(map, "levels", vpi_words_level) << 1;
    rule->answer = (enum vp_answer)vpi_field_word(map, "answer", vpi_words_answer);
    rule->why = vpi_field_text(map, "why");
    rule->place = place_of(file, vpi_node_field(map, "subject"));
}

void vpi_set_read_policy(struct vp_set *set, const char *file, const char *expected_id,
                         const struct node *root)
{
    if (!vpi_fields_check(set, file, root, policy_fields))
        return;
    const struct node *id = vpi_node_field(root, "id");
    if (!span_equal(id->text, span_text(expected_id))) {
        vpi_set_say(set, VP_SEVERITY_ERROR, place_of(file, id),
                    "id: '%s' stands in the file of '%s'", (const char *)id->text.data,
                    expected_id);
        return;
    }
    uint32_t first = (uint32_t)set->rules_count;
    for (const struct node *item = vpi_node_field(root, "rules")->first; item; item = item->next)
        read_rule(set, file, item);
    struct set_policy *policy = vpi_set_add(set, policies);
    if (!policy)
        return;
    policy->id = (const char *)id->text.data;
    policy->title = vpi_field_text(root, "title");
    policy->basis = vpi_field_text(root, "basis");
    policy->since = vpi_field_text(root, "since");
    policy->first = first;
    policy->count = (uint32_t)set->rules_count - first;
    policy->place = place_of(file, id);
}
