/* hash_base.c - XXH3 compiled for every processor of this architecture */
#define HASH_NAME(x) vpi_base_##x
#include "base/hash_variant.h"
