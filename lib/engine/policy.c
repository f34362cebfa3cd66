/* policy.c - what a policy says of a finding: the first rule that fits; a vendor that it names
 * otherwise needs a human */
#include "engine/engine.h"

static bool names(const struct db_rule *rule, const struct finding *finding)
{
    return rule->subject == finding->subject || rule->subject == finding->vendor;
}

static bool fits(const struct db_rule *rule, const struct finding *finding)
{
    if (!names(rule, finding))
        return false;
    if (rule->relations && !(rule->relations >> finding->relation & 1))
        return false;
    return !rule->levels || (rule->levels >> finding->level & 1);
}

enum vp_status vp_policy_judge(const struct vp_result *result, uint32_t finding,
                               const char *policy_id, enum vp_answer *ret_answer,
                               const char **ret_why, struct vp_error *err)
{
    uint32_t first, count;
    if (finding >= result->finding_count)
        return vpi_fail(err, VP_E_NOT_FOUND, "the result has no finding %u", finding);
    if (!policy_id)
        return vpi_fail(err, VP_E_ARGUMENT, "no policy is named");
    if (!result->db || !vpi_db_policy_named(result->db, policy_id, &first, &count))
        return vpi_fail(err, VP_E_NOT_FOUND, "the database has no policy \"%s\"", policy_id);
    *ret_answer = VP_ANSWER_NOT_COVERED;
    *ret_why = "";
    for (uint32_t i = 0; i < count; i++) {
        struct db_rule rule;
        const struct finding *judged = &result->findings[finding].finding;
        if (!vpi_db_rule(result->db, first + i, &rule))
            continue;
        /* The policy speaks of this vendor, but nothing that was sourced says how. */
        if (names(&rule, judged))
            *ret_answer = VP_ANSWER_NEEDS_HUMAN;
        if (fits(&rule, judged)) {
            *ret_answer = rule.answer;
            *ret_why = rule.why;
            break;
        }
    }
    return VP_OK;
}
