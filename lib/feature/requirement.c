/* requirement.c - what the code signature demands of the code, in Apple's language
 *
 *     designated => identifier "com.example.thing" and anchor apple generic and ...
 *
 * Facts for who reads a report.  Nothing is evaluated: that the code is what it demands is not
 * said.
 */
#include "feature/feature.h"
#include "trust/requirement.h"

static void add(struct feature_work *work, const struct requirement *one, uint64_t off)
{
    struct requirement_text text;
    switch (vpi_requirement_print(one, &text)) {
    case REQUIREMENT_READ:
        break;
    case REQUIREMENT_DAMAGED:
        vpi_image_note(work->notes, VP_NOTE_MALFORMED, off, "a requirement of the code signature");
        return;
    case REQUIREMENT_UNKNOWN:
        vpi_image_gap(work->notes, VP_GAP_UNSUPPORTED, "a requirement of the code signature");
        return;
    case REQUIREMENT_LIMIT_REACHED:
        vpi_image_gap(work->notes, VP_GAP_COUNT_LIMIT, "a requirement of the code signature");
        return;
    }
    struct feature *feature =
        vpi_feature_add(work, KIND_REQUIREMENT, span_of(text.bytes, text.len), NULL);
    if (!feature)
        return;
    feature->off = off;
    feature->len = one->bytes.len;
}

void vpi_code_requirements(struct feature_work *work, struct span set, uint64_t off)
{
    struct requirement one;
    uint32_t count = vpi_requirements_count(set);
    if (!vpi_feature_needed(work, KIND_REQUIREMENT))
        return;
    if (count > REQUIREMENTS_MOST) {
        vpi_image_gap(work->notes, VP_GAP_COUNT_LIMIT, "requirements of the code signature");
        count = REQUIREMENTS_MOST;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (vpi_requirements_at(set, i, &one))
            add(work, &one, off == VP_NONE ? VP_NONE : off + one.off);
        else
            vpi_image_note(work->notes, VP_NOTE_MALFORMED, off,
                           "the requirements of the code signature");
    }
}
