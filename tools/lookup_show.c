/* lookup_show.c - what the database says of a value */
#include <string.h>

#include "lookup.h"
#include "report.h"
#include "terminal.h"

/* What the database says of one record of one key. */
struct answer {
    unsigned kind;
    struct vp_record record;
    struct vp_subject subject, vendor;
};

static bool read_answer(struct lookup *lookup, size_t key, uint32_t index, struct answer *ret)
{
    ret->kind = lookup->keys[key].kind;
    ret->record.size = sizeof ret->record;
    ret->subject.size = sizeof ret->subject;
    ret->vendor.size = sizeof ret->vendor;
    return vp_db_record_at(lookup->db, lookup->hits[key], index, &ret->record) == VP_OK &&
           vp_db_subject_at(lookup->db, ret->record.subject, &ret->subject) == VP_OK &&
           vp_db_subject_at(lookup->db, ret->record.vendor, &ret->vendor) == VP_OK;
}

static bool is_product(const struct answer *answer)
{
    return answer->subject.type == VP_SUBJECT_PRODUCT;
}

static void text_answer(struct lookup *lookup, const struct value *value,
                        const struct answer *answer)
{
    FILE *stream = lookup->output.stream;
    terminal_text(stream, value->text);
    if (value->label != NULL) {
        fputs(" (", stream);
        terminal_path(stream, value->label, strlen(value->label));
        fputc(')', stream);
    }
    fprintf(stream, ": %s: ", vp_name(VP_NAMES_KIND, answer->kind));
    report_text_subject(stream, answer->vendor.name, is_product(answer) ? answer->subject.name : "",
                        answer->record.version);
    fprintf(stream, "; %s; confidence %s; ",
            vp_name(VP_NAMES_RELATION, (unsigned)answer->record.relation),
            vp_name(VP_NAMES_CONFIDENCE, (unsigned)answer->record.confidence));
    terminal_text(stream, answer->record.source);
    fputc('\n', stream);
}

static void json_answer(struct json *json, const struct answer *answer)
{
    json_object(json, NULL);
    json_text(json, "kind", vp_name(VP_NAMES_KIND, answer->kind));
    json_text(json, "type", vp_name(VP_NAMES_SUBJECT_TYPE, (unsigned)answer->subject.type));
    json_text(json, "vendor_id", answer->vendor.id);
    json_text(json, "vendor", answer->vendor.name);
    json_text(json, "product_id", is_product(answer) ? answer->subject.id : "");
    json_text(json, "product", is_product(answer) ? answer->subject.name : "");
    json_text(json, "version", answer->record.version);
    json_text(json, "file", answer->record.file);
    json_text(json, "relation", vp_name(VP_NAMES_RELATION, (unsigned)answer->record.relation));
    json_text(json, "confidence",
              vp_name(VP_NAMES_CONFIDENCE, (unsigned)answer->record.confidence));
    json_text(json, "source", answer->record.source);
    json_text_or_null(json, "date", answer->record.date);
    json_bool(json, "gated", answer->record.gated);
    json_object_end(json);
}

static void csv_value(struct lookup *lookup, const struct value *value, const char *kind,
                      bool found)
{
    struct csv *csv = &lookup->output.csv;
    /* Read back, kind and value are looked up again: so the value goes without its prefix. */
    const char *text = value->text, *colon = strchr(text, ':');
    if (kind[0] != '\0' && colon != NULL &&
        value_kind_named(&lookup->kinds, text, (size_t)(colon - text)) != 0)
        text = colon + 1;
    csv_unsigned(csv, value->line);
    csv_text(csv, value->label != NULL ? value->label : "");
    csv_text(csv, kind);
    csv_text(csv, text);
    csv_text(csv, found ? "true" : "false");
}

static void csv_answer(struct lookup *lookup, const struct value *value,
                       const struct answer *answer)
{
    struct csv *csv = &lookup->output.csv;
    csv_value(lookup, value, vp_name(VP_NAMES_KIND, answer->kind), true);
    csv_text(csv, vp_name(VP_NAMES_SUBJECT_TYPE, (unsigned)answer->subject.type));
    csv_text(csv, answer->vendor.id);
    csv_text(csv, answer->vendor.name);
    csv_text(csv, is_product(answer) ? answer->subject.id : "");
    csv_text(csv, is_product(answer) ? answer->subject.name : "");
    csv_text(csv, answer->record.version);
    csv_text(csv, answer->record.file);
    csv_text(csv, vp_name(VP_NAMES_RELATION, (unsigned)answer->record.relation));
    csv_text(csv, vp_name(VP_NAMES_CONFIDENCE, (unsigned)answer->record.confidence));
    csv_text(csv, answer->record.source);
    csv_text(csv, answer->record.date);
    csv_end(csv);
}

static void show_miss(struct lookup *lookup, const struct value *value)
{
    if (lookup->output.format == OUTPUT_TEXT) {
        terminal_text(lookup->output.stream, value->text);
        fputs(": not in the database\n", lookup->output.stream);
    } else if (lookup->output.format == OUTPUT_CSV) {
        csv_value(lookup, value, "", false);
        for (unsigned i = 0; i < 11; i++)
            csv_text(&lookup->output.csv, "");
        csv_end(&lookup->output.csv);
    }
}

static void json_begin(struct lookup *lookup, const struct value *value, bool found)
{
    struct json *json = &lookup->output.json;
    json_bytes(json, "value", value->text, strlen(value->text));
    json_unsigned(json, "line", value->line);
    if (value->label != NULL)
        json_bytes(json, "label", value->label, strlen(value->label));
    json_bool(json, "found", found);
    json_array(json, "kinds");
    for (size_t key = value->first; key < value->first + value->count; key++)
        json_text(json, NULL, vp_name(VP_NAMES_KIND, lookup->keys[key].kind));
    json_array_end(json);
    json_array(json, "hits");
}

static void show_answers(struct lookup *lookup, const struct value *value)
{
    struct answer answer;
    for (size_t key = value->first; key < value->first + value->count; key++) {
        for (uint32_t i = 0; i < lookup->hits[key].count; i++) {
            if (!read_answer(lookup, key, i, &answer))
                continue;
            if (lookup->output.format == OUTPUT_TEXT)
                text_answer(lookup, value, &answer);
            else if (lookup->output.format == OUTPUT_CSV)
                csv_answer(lookup, value, &answer);
            else
                json_answer(&lookup->output.json, &answer);
        }
    }
}

void lookup_show(struct lookup *lookup, const struct value *value)
{
    bool found = false;
    for (size_t key = value->first; key < value->first + value->count; key++)
        found = found || lookup->hits[key].count > 0;
    lookup->found += found;
    if (!found && !lookup->options->all)
        return;
    output_begin_result(&lookup->output);
    if (output_is_json(&lookup->output))
        json_begin(lookup, value, found);
    if (found)
        show_answers(lookup, value);
    else
        show_miss(lookup, value);
    if (output_is_json(&lookup->output))
        json_array_end(&lookup->output.json);
    if (!output_end_result(&lookup->output))
        lookup->stopped = true;
}
