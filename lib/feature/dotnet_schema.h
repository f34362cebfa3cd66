/* dotnet_schema.h - where the tables of .NET metadata stand (ECMA-335 II.24.2.6) */
#ifndef VPI_FEATURE_DOTNET_SCHEMA_H
#define VPI_FEATURE_DOTNET_SCHEMA_H

#include "base/span.h"

enum {
    DOTNET_MODULE = 0x00,
    DOTNET_ASSEMBLY = 0x20,
    DOTNET_TABLES = DOTNET_ASSEMBLY + 1, /* those that are laid out */
    DOTNET_TABLES_HEADER_MOST = 24 + 64 * 4 + 4
};

struct dotnet_schema {
    uint32_t rows[64];
    uint32_t row_len[DOTNET_TABLES];
    uint64_t off[DOTNET_TABLES]; /* in the stream */
    unsigned string_len, guid_len, blob_len;
};

/* From the first bytes of the stream "#~" or "#-". */
bool vpi_dotnet_schema_read(struct span tables, struct dotnet_schema *ret);

#endif
