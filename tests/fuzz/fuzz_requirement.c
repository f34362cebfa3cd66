/* fuzz_requirement.c - any bytes as the requirements of a code signature */
#include <stdlib.h>

#include "trust/requirement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span set = span_of(data, size);
    uint32_t count = vpi_requirements_count(set);
    for (uint32_t i = 0; i < count && i < REQUIREMENTS_MOST; i++) {
        struct requirement one;
        struct requirement_text text;
        if (!vpi_requirements_at(set, i, &one))
            continue;
        if (one.off > size || one.bytes.len > size - one.off)
            abort();
        enum requirement_state state = vpi_requirement_print(&one, &text);
        if (text.len > REQUIREMENT_TEXT_MOST || (state == REQUIREMENT_READ && text.full))
            abort();
        for (size_t k = 0; k < text.len; k++) {
            uint8_t c = text.bytes[k];
            if (!(c >= '\t' && c <= '\r') && !(c >= ' ' && c < 0x7f))
                abort();
        }
    }
    return 0;
}
