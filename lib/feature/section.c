/* section.c - what stands in each section */
#include "feature/feature.h"

void vpi_family_section(struct feature_work *work)
{
    const struct image *image = work->image;
    struct consume_budget budget = vpi_consume_budget(work);
    if (!(work->wanted & WANT_SECTIONS))
        return;
    for (size_t i = 0; i < image->section_count && i < IMAGE_SECTIONS_MOST; i++) {
        const struct image_section *section = &image->sections[i];
        if (vpi_consume_afford(work, &budget, section->len, "sections that overlap"))
            vpi_consume_hash(work, KIND_SECTION, section->off, section->len);
    }
}
