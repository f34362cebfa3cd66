/* fuzz_set.c - one file of a set is the input; what has no errors must compile to a good database
 *
 * The first byte says which file of tests/set/set_files.h it stands for, the second whether memory
 * is capped.
 */
#include <stdint.h>
#include <stdlib.h>

#include "../set/set_files.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t memory = data[1] >= '0' && data[1] <= '9' ? (size_t)(data[1] - '0' + 1) * 20000 : 0;
    struct vp_set *set = set_read(memory, false, data[0] % SET_FILES, span_of(data + 2, size - 2));
    if (!set)
        return 0;
    struct vp_diagnostic diagnostic = {.size = sizeof diagnostic};
    for (uint32_t i = 0; vp_set_diagnostic(set, i, &diagnostic) == VP_OK; i++) {
        if (!set->arena.failed && !vpi_text_clean(span_text(diagnostic.text)))
            abort();
    }
    const uint8_t *bytes;
    size_t len;
    struct vp_db *db = NULL;
    if (!set->arena.failed && vp_set_compile(set, &bytes, &len, NULL) == VP_OK) {
        if (vp_db_open_memory(bytes, len, NULL, &db, NULL) != VP_OK ||
            vp_db_verify(db, NULL) != VP_OK)
            abort();
    }
    vp_db_unref(db);
    vp_set_free(set);
    return 0;
}
