/* report_json.c - one examined file as JSON (docs/result.schema.json) */
#include <string.h>

#include "report.h"

static void write_gaps(struct json *json, const struct vp_result *result)
{
    struct vp_gap gap = {.size = sizeof gap};
    json_array(json, "gaps");
    for (uint32_t i = 0; vp_result_gap(result, i, &gap) == VP_OK; i++) {
        json_object(json, NULL);
        json_unsigned(json, "object", gap.object);
        json_text(json, "reason", vp_name(VP_NAMES_GAP, (unsigned)gap.reason));
        json_text(json, "what", gap.what);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_digests(struct report *report, const struct vp_result *result, uint32_t object)
{
    struct json *json = &report->output.json;
    json_object(json, "digests");
    for (unsigned i = 0; i < DIGEST_ROWS; i++) {
        if (!(report->options->digests & digest_rows[i].bit))
            continue;
        const char *digest = report_digest(result, object, digest_rows[i].bit);
        if (digest != NULL)
            json_text(json, digest_rows[i].name, digest);
    }
    json_object_end(json);
}

static void write_objects(struct report *report, const struct vp_result *result)
{
    struct json *json = &report->output.json;
    struct vp_object object = {.size = sizeof object};
    json_array(json, "objects");
    for (uint32_t i = 0; vp_result_object(result, i, &object) == VP_OK; i++) {
        json_object(json, NULL);
        json_unsigned(json, "index", i);
        if (object.parent == VP_NO_INDEX)
            json_null(json, "parent");
        else
            json_unsigned(json, "parent", object.parent);
        json_bytes(json, "name", object.name, object.name_len);
        json_unsigned_or_null(json, "offset", object.offset);
        json_unsigned_or_null(json, "bytes", object.bytes);
        json_text(json, "format", vp_name(VP_NAMES_FORMAT, (unsigned)object.format));
        json_text(json, "role", vp_name(VP_NAMES_ROLE, (unsigned)object.role));
        json_text(json, "machine", object.machine);
        json_text(json, "description", object.description);
        /* Digests are of whole top-level files; members get theirs with containers. */
        if (report->options->digests != 0 && object.parent == VP_NO_INDEX)
            write_digests(report, result, i);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_evidence(struct json *json, const struct vp_result *result, uint32_t finding,
                           uint32_t count)
{
    struct vp_evidence evidence = {.size = sizeof evidence};
    json_array(json, "evidence");
    for (uint32_t i = 0; i < count; i++) {
        if (vp_result_evidence(result, finding, i, &evidence) != VP_OK)
            break;
        json_object(json, NULL);
        json_unsigned(json, "feature", evidence.feature);
        json_text(json, "kind", vp_name(VP_NAMES_KIND, evidence.kind));
        json_text(json, "matched", evidence.matched);
        json_text(json, "source", evidence.source);
        json_text(json, "confidence", vp_name(VP_NAMES_CONFIDENCE, (unsigned)evidence.confidence));
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_policy(struct report *report, const struct vp_result *result, uint32_t finding)
{
    struct json *json = &report->output.json;
    enum vp_answer answer;
    const char *why;
    if (vp_policy_judge(result, finding, report->options->policy, &answer, &why, NULL) != VP_OK) {
        answer = VP_ANSWER_NEEDS_HUMAN;
        why = "the policy could not be read";
    }
    json_object(json, "policy");
    json_text(json, "id", report->options->policy);
    json_text(json, "answer", vp_name(VP_NAMES_ANSWER, (unsigned)answer));
    json_text(json, "why", why);
    json_object_end(json);
}

static void write_finding(struct report *report, const struct vp_result *result, uint32_t index,
                          const struct vp_finding *finding)
{
    struct json *json = &report->output.json;
    json_object(json, NULL);
    json_unsigned(json, "object", finding->object);
    json_text(json, "vendor_id", finding->vendor_id);
    json_text(json, "vendor", finding->vendor);
    json_text(json, "product_id", finding->product_id);
    json_text(json, "product", finding->product);
    json_text(json, "version", finding->version);
    json_text(json, "version_from",
              vp_name(VP_NAMES_VERSION_FROM, (unsigned)finding->version_from));
    json_text(json, "type", vp_name(VP_NAMES_SUBJECT_TYPE, (unsigned)finding->type));
    json_text(json, "relation", vp_name(VP_NAMES_RELATION, (unsigned)finding->relation));
    json_text(json, "level", vp_name(VP_NAMES_LEVEL, (unsigned)finding->level));
    if (finding->measured_right == 0 && finding->measured_wrong == 0) {
        json_null(json, "measured");
    } else {
        json_object(json, "measured");
        json_unsigned(json, "right", finding->measured_right);
        json_unsigned(json, "wrong", finding->measured_wrong);
        json_object_end(json);
    }
    json_text(json, "reason", finding->reason);
    write_evidence(json, result, index, finding->evidence);
    if (report->options->policy != NULL)
        write_policy(report, result, index);
    json_object_end(json);
}

static void write_findings(struct report *report, const struct vp_result *result)
{
    struct vp_finding finding = {.size = sizeof finding};
    json_array(&report->output.json, "findings");
    for (uint32_t i = 0; vp_result_finding(result, i, &finding) == VP_OK; i++)
        write_finding(report, result, i, &finding);
    json_array_end(&report->output.json);
}

static void write_chain(struct json *json, const struct vp_result *result, uint32_t signature)
{
    struct vp_certificate certificate = {.size = sizeof certificate};
    json_array(json, "chain");
    for (uint32_t i = 0; vp_result_chain(result, signature, i, &certificate) == VP_OK; i++) {
        json_object(json, NULL);
        json_text(json, "subject", certificate.subject);
        json_text(json, "sha256", certificate.sha256);
        json_text(json, "spki_sha256", certificate.spki_sha256);
        json_text(json, "key", certificate.key);
        json_unsigned(json, "key_bits", certificate.key_bits);
        json_text(json, "digest_algorithm", certificate.digest_algorithm);
        json_unsigned_or_null(json, "not_before", certificate.not_before);
        json_unsigned_or_null(json, "not_after", certificate.not_after);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_states(struct json *json, unsigned states)
{
    json_array(json, "states");
    for (unsigned bit = 1; bit != 0; bit <<= 1) {
        if (states & bit)
            json_text(json, NULL, vp_name(VP_NAMES_SIGNATURE_STATE, bit));
    }
    json_array_end(json);
}

static void write_signature_time(struct json *json, const struct vp_signature *signature)
{
    if (signature->time_from == VP_TIME_NONE) {
        json_null(json, "time");
        return;
    }
    json_object(json, "time");
    json_text(json, "from", vp_name(VP_NAMES_TIME_FROM, (unsigned)signature->time_from));
    json_unsigned_or_null(json, "seconds", signature->time);
    json_text(json, "signer", signature->time_signer);
    json_bool(json, "verifies", signature->time_verifies);
    json_object_end(json);
}

static void write_signatures(struct json *json, const struct vp_result *result)
{
    struct vp_signature signature = {.size = sizeof signature};
    json_array(json, "signatures");
    for (uint32_t i = 0; vp_result_signature(result, i, &signature) == VP_OK; i++) {
        json_object(json, NULL);
        json_unsigned(json, "object", signature.object);
        json_unsigned(json, "entry", signature.entry);
        json_unsigned(json, "layer", signature.layer);
        write_states(json, signature.states);
        json_text(json, "signer", signature.signer);
        json_text(json, "organization", signature.organization);
        json_text(json, "issuer", signature.issuer);
        json_text(json, "certificate_sha256", signature.certificate_sha256);
        json_text(json, "digest_algorithm", signature.digest_algorithm);
        json_text(json, "digest", signature.digest);
        json_text(json, "program", signature.program);
        json_text(json, "url", signature.url);
        json_text(json, "anchor", signature.anchor);
        json_text(json, "distrust", signature.distrust);
        json_text(json, "catalog", signature.catalog);
        write_signature_time(json, &signature);
        write_chain(json, result, i);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_notes(struct json *json, const struct vp_result *result)
{
    struct vp_note note = {.size = sizeof note};
    json_array(json, "notes");
    for (uint32_t i = 0; vp_result_note(result, i, &note) == VP_OK; i++) {
        json_object(json, NULL);
        json_unsigned(json, "object", note.object);
        json_text(json, "code", vp_name(VP_NAMES_NOTE, (unsigned)note.code));
        json_unsigned_or_null(json, "offset", note.offset);
        json_text(json, "text", note.text);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_key(struct json *json, const struct vp_key *key)
{
    /* The canonical form of XXH3-128: big-endian, high half first. */
    uint8_t bytes[16];
    for (unsigned i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(key->high >> (56 - 8 * i));
        bytes[8 + i] = (uint8_t)(key->low >> (56 - 8 * i));
    }
    json_hex(json, "key", bytes, sizeof bytes);
}

static void write_features(struct json *json, const struct vp_result *result)
{
    struct vp_feature feature = {.size = sizeof feature};
    json_array(json, "features");
    for (uint32_t i = 0; vp_result_feature(result, i, &feature) == VP_OK; i++) {
        json_object(json, NULL);
        json_unsigned(json, "object", feature.object);
        json_text(json, "kind", vp_name(VP_NAMES_KIND, feature.kind));
        json_text(json, "text", feature.text);
        json_hex(json, "value", feature.value, feature.value_len);
        json_unsigned(json, "language", feature.language);
        json_unsigned_or_null(json, "offset", feature.offset);
        json_unsigned_or_null(json, "bytes", feature.bytes);
        write_key(json, &feature.key);
        if (feature.beside[0] != 0)
            json_bytes(json, "beside", feature.beside, strlen(feature.beside));
        json_object_end(json);
    }
    json_array_end(json);
}

void report_json(struct report *report, const struct item *item)
{
    struct json *json = &report->output.json;
    json_bytes(json, "path", item->path, item->path_len);
    if (item->hard_link)
        json_bool(json, "hard_link", true);
    if (item->cached)
        json_bool(json, "cached", true);
    json_text(json, "status", vp_name(VP_NAMES_STATUS, (unsigned)item->status));
    if (item->result == NULL) {
        json_text(json, "error", item->error);
        return;
    }
    struct vp_summary summary = {.size = sizeof summary};
    vp_result_summary(item->result, &summary);
    /* Without a database nothing was looked for: "nothing" would be a lie. */
    if (report->db != NULL)
        json_text(json, "outcome", summary.outcome == VP_OUTCOME_FINDINGS ? "findings" : "nothing");
    json_bool(json, "complete", summary.complete);
    write_gaps(json, item->result);
    write_objects(report, item->result);
    if (report->db != NULL)
        write_findings(report, item->result);
    write_signatures(json, item->result);
    write_notes(json, item->result);
    if (report->features)
        write_features(json, item->result);
}
