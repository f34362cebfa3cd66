/* fuzz_code_signature.c - any bytes as an Apple code signature */
#include <stdlib.h>

#include "trust/code_signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned sum_of(struct span s)
{
    unsigned sum = 0;
    for (size_t i = 0; i < s.len; i++)
        sum += s.data[i];
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct crypto *crypto; /* reachable to the end; making one costs more than its use */
    struct code_signature s;
    if (!crypto && vpi_crypto_new(&crypto, NULL) != VP_OK)
        return 0;
    if (!vpi_code_signature_read(crypto, span_of(data, size), &s))
        return 0;
    if (s.directory_count > CODE_DIRECTORIES_MOST || s.chosen > s.directory_count)
        abort();
    volatile unsigned sum = sum_of(s.requirements) + sum_of(s.entitlements) +
                            sum_of(s.entitlements_der) + sum_of(s.cms);
    for (size_t i = 0; i < s.directory_count; i++) {
        const struct code_directory *d = &s.directories[i];
        sum += sum_of(d->identifier) + sum_of(d->team_id);
        if (d->off > size || d->len > size - d->off)
            abort();
    }
    if (s.chosen < s.directory_count && !s.directories[s.chosen].has_cdhash)
        abort();
    (void)sum;
    return 0;
}
