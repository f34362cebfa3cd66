/* hash_avx2.c - XXH3 compiled for AVX2 */
#define HASH_NAME(x) vpi_avx2_##x
#include "base/hash_variant.h"
