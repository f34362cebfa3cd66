/* requirement.c - one requirement of a code signature, as text in Apple's own language
 *
 *     requirement:  0xfade0c00 | length | form | expression
 *     expression:   opcode | what the opcode takes: expressions, numbers, data, a match
 *     data:         length | bytes | zeros up to a multiple of 4
 *     match:        operation | data, or a time of 64 bits, or nothing
 *
 * All numbers are big-endian, of 32 bits.  The text is that of Apple's Security-61901.0.87.0.1
 * (OSX/libsecurity_codesigning/lib/reqdumper.cpp; opcodes: requirement.h), but that an opcode which
 * says that it may be passed over is passed over as reqinterp.cpp does, where reqdumper.cpp goes on
 * in its data, and that there is a space before "trusted".
 */
#include "trust/requirement.h"

enum { FORM_OFF = 8, FORM_EXPRESSION = 1, ALIGNMENT = 4 };

enum op {
    OP_FALSE = 0,
    OP_TRUE = 1,
    OP_IDENTIFIER = 2,
    OP_ANCHOR_APPLE = 3,
    OP_CERTIFICATE_HASH = 4,
    OP_INFO_EQUAL = 5, /* before there were matches */
    OP_AND = 6,
    OP_OR = 7,
    OP_CDHASH = 8,
    OP_NOT = 9,
    OP_INFO = 10,
    OP_CERTIFICATE_FIELD = 11,
    OP_CERTIFICATE_TRUSTED = 12,
    OP_ANCHOR_TRUSTED = 13,
    OP_CERTIFICATE_EXTENSION = 14,
    OP_ANCHOR_APPLE_GENERIC = 15,
    OP_ENTITLEMENT = 16,
    OP_CERTIFICATE_POLICY = 17,
    OP_ANCHOR_NAMED = 18,
    OP_NAMED = 19,
    OP_PLATFORM = 20,
    OP_NOTARIZED = 21,
    OP_CERTIFICATE_TIME = 22,
    OP_LEGACY = 23,
    OP_MASK = 0xffffff
};

/* Of an opcode that we don't know: a length and as many bytes follow; it is false, or as if it were
 * not there. */
static const uint32_t flag_false = 0x80000000, flag_skip = 0x40000000;

enum match {
    MATCH_EXISTS = 0,
    MATCH_EQUAL = 1,
    MATCH_CONTAINS = 2,
    MATCH_BEGINS = 3,
    MATCH_ENDS = 4,
    MATCH_LESS = 5,
    MATCH_GREATER = 6,
    MATCH_LESS_EQUAL = 7,
    MATCH_GREATER_EQUAL = 8,
    MATCH_ON = 9,
    MATCH_BEFORE = 10,
    MATCH_AFTER = 11,
    MATCH_ON_OR_BEFORE = 12,
    MATCH_ON_OR_AFTER = 13,
    MATCH_ABSENT = 14
};

/* What binds tighter than where it stands needs no brackets. */
enum level { LEVEL_PRIMARY = 0, LEVEL_AND = 1, LEVEL_OR = 2, LEVEL_TOP = 3 };

/* An operator of which an operand is being read. */
struct frame {
    enum op op;
    bool second; /* the first was read */
    bool bracket;
};

struct reading {
    struct reader r;
    struct requirement_text *to;
    enum requirement_state state;
    struct frame frames[REQUIREMENT_DEPTH_MOST];
    size_t depth;
};

static void put(struct reading *it, const char *words)
{
    vpi_requirement_put(it->to, words);
}

/* The zeros behind the last one are not missed. */
static struct span data(struct reading *it)
{
    struct span bytes = reader_span(&it->r, reader_u32(&it->r));
    uint64_t left = it->r.all.len - it->r.off;
    uint64_t padding = (ALIGNMENT - bytes.len % ALIGNMENT) % ALIGNMENT;
    if (!it->r.bad)
        reader_skip(&it->r, padding < left ? padding : left);
    return bytes;
}

static void value(struct reading *it, const char *before, bool dots, const char *after)
{
    put(it, before);
    vpi_requirement_value(it->to, data(it), dots);
    put(it, after);
}

static void hash(struct reading *it, const char *before)
{
    put(it, before);
    put(it, "H\"");
    vpi_requirement_hex(it->to, data(it));
    put(it, "\"");
}

static void certificate(struct reading *it)
{
    int32_t slot = (int32_t)reader_u32(&it->r);
    put(it, "certificate ");
    if (slot == 0)
        put(it, "leaf");
    else if (slot == -1)
        put(it, "root");
    else
        vpi_requirement_number(it->to, slot);
}

static void match(struct reading *it)
{
    static const char *const before[] = {
        [MATCH_EQUAL] = " = ",       [MATCH_CONTAINS] = " ~ ",       [MATCH_BEGINS] = " = ",
        [MATCH_ENDS] = " = *",       [MATCH_LESS] = " < ",           [MATCH_GREATER] = " > ",
        [MATCH_LESS_EQUAL] = " <= ", [MATCH_GREATER_EQUAL] = " >= ", [MATCH_ON] = " = ",
        [MATCH_BEFORE] = " < ",      [MATCH_AFTER] = " > ",          [MATCH_ON_OR_BEFORE] = " <= ",
        [MATCH_ON_OR_AFTER] = " >= "};
    uint32_t operation = reader_u32(&it->r);
    if (operation == MATCH_EXISTS) {
        put(it, " /* exists */");
    } else if (operation == MATCH_ABSENT) {
        put(it, " absent");
    } else if (operation > MATCH_ABSENT) {
        it->state = REQUIREMENT_UNKNOWN;
    } else if (operation >= MATCH_ON) {
        put(it, before[operation]);
        vpi_requirement_time(it->to, (int64_t)reader_uint(&it->r, 8));
    } else {
        value(it, before[operation], false, operation == MATCH_BEGINS ? "*" : "");
    }
}

static void field(struct reading *it, const char *before)
{
    value(it, before, true, "]");
    match(it);
}

static void identifier(struct reading *it, const char *before)
{
    certificate(it);
    put(it, before);
    vpi_requirement_oid(it->to, data(it));
    put(it, "]");
    match(it);
}

static enum level level_of(enum op op)
{
    return op == OP_AND ? LEVEL_AND : op == OP_OR ? LEVEL_OR : LEVEL_PRIMARY;
}

/* False always: operands follow. */
static bool begin(struct reading *it, enum op op)
{
    if (it->depth == REQUIREMENT_DEPTH_MOST) {
        it->state = REQUIREMENT_LIMIT_REACHED;
        return false;
    }
    enum level around = it->depth ? level_of(it->frames[it->depth - 1].op) : LEVEL_TOP;
    bool bracket = op != OP_NOT && around < level_of(op);
    it->frames[it->depth++] = (struct frame){.op = op, .bracket = bracket};
    put(it, op == OP_NOT ? "! " : bracket ? "(" : "");
    return false;
}

/* An opcode of a later version.  False: an expression that takes its place follows. */
static bool pass_over(struct reading *it, uint32_t op)
{
    if (!(op & (flag_false | flag_skip))) {
        it->state = REQUIREMENT_UNKNOWN;
        return true;
    }
    put(it, op & flag_false ? "false /* opcode " : "/* opcode ");
    vpi_requirement_number(it->to, op & OP_MASK);
    put(it, op & flag_false ? " */" : " */ ");
    reader_skip(&it->r, reader_u32(&it->r));
    return (op & flag_false) != 0;
}

/* False: it is not whole yet. */
static bool of_certificate(struct reading *it, uint32_t op)
{
    switch (op & OP_MASK) {
    case OP_CERTIFICATE_HASH:
        certificate(it);
        hash(it, " = ");
        return true;
    case OP_CERTIFICATE_FIELD:
        certificate(it);
        field(it, "[");
        return true;
    case OP_CERTIFICATE_EXTENSION:
        identifier(it, "[field.");
        return true;
    case OP_CERTIFICATE_POLICY:
        identifier(it, "[policy.");
        return true;
    case OP_CERTIFICATE_TIME:
        identifier(it, "[timestamp.");
        return true;
    case OP_CERTIFICATE_TRUSTED:
        certificate(it);
        put(it, " trusted");
        return true;
    default:
        return pass_over(it, op);
    }
}

/* Reads an opcode and what it takes but for expressions.  False: it is not whole yet. */
static bool expression(struct reading *it)
{
    static const char *const words[] = {[OP_FALSE] = "never",
                                        [OP_TRUE] = "always",
                                        [OP_ANCHOR_APPLE] = "anchor apple",
                                        [OP_ANCHOR_TRUSTED] = "anchor trusted",
                                        [OP_ANCHOR_APPLE_GENERIC] = "anchor apple generic",
                                        [OP_NOTARIZED] = "notarized",
                                        [OP_LEGACY] = "legacy"};
    uint32_t op = reader_u32(&it->r), known = op & OP_MASK;
    if (known < sizeof words / sizeof *words && words[known]) {
        put(it, words[known]);
        return true;
    }
    switch (known) {
    case OP_AND:
    case OP_OR:
    case OP_NOT:
        return begin(it, (enum op)known);
    case OP_IDENTIFIER:
        value(it, "identifier ", false, "");
        return true;
    case OP_INFO_EQUAL:
        value(it, "info[", true, "] = ");
        value(it, "", false, "");
        return true;
    case OP_CDHASH:
        hash(it, "cdhash ");
        return true;
    case OP_INFO:
        field(it, "info[");
        return true;
    case OP_ENTITLEMENT:
        field(it, "entitlement[");
        return true;
    case OP_ANCHOR_NAMED:
        value(it, "anchor apple ", false, "");
        return true;
    case OP_NAMED:
        value(it, "(", false, ")");
        return true;
    case OP_PLATFORM:
        put(it, "platform = ");
        vpi_requirement_number(it->to, (int32_t)reader_u32(&it->r));
        return true;
    default:
        return of_certificate(it, op);
    }
}

/* An operand is whole, and perhaps what it belongs to.  True: so is the outermost expression. */
static bool end(struct reading *it)
{
    while (it->depth > 0) {
        struct frame *frame = &it->frames[it->depth - 1];
        if (frame->op != OP_NOT && !frame->second) {
            frame->second = true;
            put(it, frame->op == OP_AND ? " and " : " or ");
            return false;
        }
        put(it, frame->bracket ? ")" : "");
        it->depth--;
    }
    return true;
}

enum requirement_state vpi_requirement_print(const struct requirement *requirement,
                                             struct requirement_text *ret)
{
    struct reading it = {
        .r = reader_at(requirement->bytes, FORM_OFF), .to = ret, .state = REQUIREMENT_READ};
    it.r.big = true;
    ret->len = 0;
    ret->full = false;
    vpi_requirement_type(ret, requirement->type);
    if (reader_u32(&it.r) != FORM_EXPRESSION)
        return it.r.bad ? REQUIREMENT_DAMAGED : REQUIREMENT_UNKNOWN;
    /* Each opcode takes 4 bytes, so this ends. */
    for (bool whole = false; !whole && it.state == REQUIREMENT_READ;) {
        whole = expression(&it) && end(&it);
        if (it.state == REQUIREMENT_READ && (it.r.bad || ret->full))
            it.state = it.r.bad ? REQUIREMENT_DAMAGED : REQUIREMENT_LIMIT_REACHED;
    }
    return it.state;
}
