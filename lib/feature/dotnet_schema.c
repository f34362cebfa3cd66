/* dotnet_schema.c - where the tables of .NET metadata stand (ECMA-335 II.22, II.24.2.6)
 *
 *     reserved, 4 | version, 2 | heap sizes, 1 | reserved, 1 | valid, 8 | sorted, 8 | rows, 4 each
 *
 * A column's width depends on how large the heap or the tables are that it refers to, so the rows
 * of every table before Assembly are spelled out here.
 */
#include "feature/dotnet_schema.h"

enum { COLUMNS_MOST = 9, REFERRED_MOST = 22 };

/* Columns: below 0x40 the number of a table, then coded indices, then plain values. */
enum column {
    TypeDefOrRef = 0x40,
    HasConstant,
    HasCustomAttribute,
    HasFieldMarshal,
    HasDeclSecurity,
    MemberRefParent,
    HasSemantics,
    MethodDefOrRef,
    MemberForwarded,
    CustomAttributeType,
    ResolutionScope,
    CODED_END,
    U16 = 0x80,
    U32,
    Str,
    Guid,
    Blob,
    End = 0xff
};

static const uint8_t columns[DOTNET_TABLES][COLUMNS_MOST + 1] = {
    [0x00] = {U16, Str, Guid, Guid, Guid, End},                    /* Module */
    [0x01] = {ResolutionScope, Str, Str, End},                     /* TypeRef */
    [0x02] = {U32, Str, Str, TypeDefOrRef, 0x04, 0x06, End},       /* TypeDef */
    [0x03] = {0x04, End},                                          /* FieldPtr */
    [0x04] = {U16, Str, Blob, End},                                /* Field */
    [0x05] = {0x06, End},                                          /* MethodPtr */
    [0x06] = {U32, U16, U16, Str, Blob, 0x08, End},                /* MethodDef */
    [0x07] = {0x08, End},                                          /* ParamPtr */
    [0x08] = {U16, U16, Str, End},                                 /* Param */
    [0x09] = {0x02, TypeDefOrRef, End},                            /* InterfaceImpl */
    [0x0a] = {MemberRefParent, Str, Blob, End},                    /* MemberRef */
    [0x0b] = {U16, HasConstant, Blob, End},                        /* Constant */
    [0x0c] = {HasCustomAttribute, CustomAttributeType, Blob, End}, /* CustomAttribute */
    [0x0d] = {HasFieldMarshal, Blob, End},                         /* FieldMarshal */
    [0x0e] = {U16, HasDeclSecurity, Blob, End},                    /* DeclSecurity */
    [0x0f] = {U16, U32, 0x02, End},                                /* ClassLayout */
    [0x10] = {U32, 0x04, End},                                     /* FieldLayout */
    [0x11] = {Blob, End},                                          /* StandAloneSig */
    [0x12] = {0x02, 0x14, End},                                    /* EventMap */
    [0x13] = {0x14, End},                                          /* EventPtr */
    [0x14] = {U16, Str, TypeDefOrRef, End},                        /* Event */
    [0x15] = {0x02, 0x17, End},                                    /* PropertyMap */
    [0x16] = {0x17, End},                                          /* PropertyPtr */
    [0x17] = {U16, Str, Blob, End},                                /* Property */
    [0x18] = {U16, 0x06, HasSemantics, End},                       /* MethodSemantics */
    [0x19] = {0x02, MethodDefOrRef, MethodDefOrRef, End},          /* MethodImpl */
    [0x1a] = {Str, End},                                           /* ModuleRef */
    [0x1b] = {Blob, End},                                          /* TypeSpec */
    [0x1c] = {U16, MemberForwarded, Str, 0x1a, End},               /* ImplMap */
    [0x1d] = {U32, 0x04, End},                                     /* FieldRVA */
    [0x1e] = {U32, U32, End},                                      /* EncLog */
    [0x1f] = {U32, End},                                           /* EncMap */
    [0x20] = {U32, U16, U16, U16, U16, U32, Blob, Str, Str, End},  /* Assembly */
};

/* Coded indices: the bits of the tag, and the tables that they may refer to (II.24.2.6). */
static const struct {
    uint8_t bits, count;
    uint8_t tables[REFERRED_MOST];
} coded[CODED_END - TypeDefOrRef] = {
    [TypeDefOrRef - 0x40] = {2, 3, {0x02, 0x01, 0x1b}},
    [HasConstant - 0x40] = {2, 3, {0x04, 0x08, 0x17}},
    [HasCustomAttribute - 0x40] = {5, 22, {0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0a, 0x00,
                                           0x0e, 0x17, 0x14, 0x11, 0x1a, 0x1b, 0x20, 0x23,
                                           0x26, 0x27, 0x28, 0x2a, 0x2c, 0x2b}},
    [HasFieldMarshal - 0x40] = {1, 2, {0x04, 0x08}},
    [HasDeclSecurity - 0x40] = {2, 3, {0x02, 0x06, 0x20}},
    [MemberRefParent - 0x40] = {3, 5, {0x02, 0x01, 0x1a, 0x06, 0x1b}},
    [HasSemantics - 0x40] = {1, 2, {0x14, 0x17}},
    [MethodDefOrRef - 0x40] = {1, 2, {0x06, 0x0a}},
    [MemberForwarded - 0x40] = {1, 2, {0x04, 0x06}},
    [CustomAttributeType - 0x40] = {3, 2, {0x06, 0x0a}},
    [ResolutionScope - 0x40] = {2, 4, {0x00, 0x1a, 0x23, 0x01}},
};

static unsigned coded_len(const struct dotnet_schema *s, unsigned column)
{
    uint32_t most = 0;
    for (unsigned i = 0; i < coded[column - 0x40].count; i++) {
        uint32_t rows = s->rows[coded[column - 0x40].tables[i]];
        most = rows > most ? rows : most;
    }
    return most < 1u << (16 - coded[column - 0x40].bits) ? 2 : 4;
}

static unsigned column_len(const struct dotnet_schema *s, unsigned column)
{
    switch (column) {
    case U16:
        return 2;
    case U32:
        return 4;
    case Str:
        return s->string_len;
    case Guid:
        return s->guid_len;
    case Blob:
        return s->blob_len;
    default:
        return column < 0x40 ? (s->rows[column] < 1u << 16 ? 2 : 4) : coded_len(s, column);
    }
}

bool vpi_dotnet_schema_read(struct span tables, struct dotnet_schema *ret)
{
    memset(ret, 0, sizeof *ret);
    struct reader r = reader_at(tables, 6);
    unsigned heaps = reader_u8(&r);
    reader_skip(&r, 1);
    uint64_t valid = reader_u64(&r);
    reader_skip(&r, 8);
    for (unsigned i = 0; i < 64; i++) {
        if (valid >> i & 1)
            ret->rows[i] = reader_u32(&r);
    }
    if (heaps & 0x40) /* edited metadata has four more bytes */
        reader_skip(&r, 4);
    if (r.bad)
        return false;
    ret->string_len = heaps & 1 ? 4 : 2;
    ret->guid_len = heaps & 2 ? 4 : 2;
    ret->blob_len = heaps & 4 ? 4 : 2;
    uint64_t off = r.off;
    for (unsigned table = 0; table < DOTNET_TABLES; table++) {
        for (unsigned i = 0; columns[table][i] != End; i++)
            ret->row_len[table] += column_len(ret, columns[table][i]);
        ret->off[table] = off;
        off += (uint64_t)ret->rows[table] * ret->row_len[table];
    }
    return true;
}
