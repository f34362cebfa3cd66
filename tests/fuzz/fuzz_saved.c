/* fuzz_saved.c - results read from any bytes, with a right sum behind them */
#include <stdlib.h>

#include "base/hash.h"
#include "engine/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SUM_LEN = 16 };

static void read_all(const struct vp_result *result)
{
    struct vp_summary summary = {.size = sizeof summary};
    struct vp_object object = {.size = sizeof object};
    struct vp_feature feature = {.size = sizeof feature};
    struct vp_note note = {.size = sizeof note};
    struct vp_signature signature = {.size = sizeof signature};
    struct vp_certificate certificate = {.size = sizeof certificate};
    vp_result_summary(result, &summary);
    for (uint32_t i = 0; vp_result_object(result, i, &object) == VP_OK; i++) {
        if (strlen(object.name) != object.name_len ||
            (object.parent != VP_NO_INDEX && object.parent >= i))
            abort();
    }
    for (uint32_t i = 0; vp_result_feature(result, i, &feature) == VP_OK; i++) {
        if (feature.object >= summary.objects)
            abort();
    }
    for (uint32_t i = 0; vp_result_note(result, i, &note) == VP_OK; i++)
        (void)strlen(note.text);
    for (uint32_t i = 0; vp_result_signature(result, i, &signature) == VP_OK; i++) {
        for (uint32_t k = 0; vp_result_chain(result, i, k, &certificate) == VP_OK; k++)
            (void)strlen(certificate.subject);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vp_result *result = NULL;
    uint8_t *bytes = malloc(size + SUM_LEN);
    if (!bytes)
        return 0;
    if (size)
        memcpy(bytes, data, size);
    vpi_hash_bytes(vpi_hash128(span_of(bytes, size)), bytes + size);
    if (vp_result_load(NULL, bytes, size + SUM_LEN, &result, NULL) == VP_OK) {
        read_all(result);
        vp_result_unref(result);
    }
    free(bytes);
    return 0;
}
