/* hash_avx512.c - XXH3 compiled for AVX512 */
#define HASH_NAME(x) vpi_avx512_##x
#include "base/hash_variant.h"
