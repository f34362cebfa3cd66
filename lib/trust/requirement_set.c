/* requirement_set.c - the requirements of a code signature, and what each is for
 *
 *     set:          0xfade0c01 | length | count | { type, offset } ... | requirements
 *     requirement:  0xfade0c00 | length | ...
 *
 * All numbers are big-endian, of 32 bits; offsets are from the beginning of the set.
 */
#include "trust/requirement.h"

static const uint32_t magic_set = 0xfade0c01, magic_requirement = 0xfade0c00;

enum { SET_HEADER = 12, SET_ROW = 8, REQUIREMENT_HEADER = 12 };

static struct reader big_reader(struct span bytes, uint64_t off)
{
    struct reader r = reader_at(bytes, off);
    r.big = true;
    return r;
}

uint32_t vpi_requirements_count(struct span set)
{
    struct reader r = big_reader(set, 0);
    uint32_t magic = reader_u32(&r);
    reader_skip(&r, 4);
    uint32_t count = reader_u32(&r);
    return r.bad || magic != magic_set ? 0 : count;
}

bool vpi_requirements_at(struct span set, uint32_t index, struct requirement *ret)
{
    struct requirement found;
    struct reader r = big_reader(set, SET_HEADER + (uint64_t)index * SET_ROW);
    found.type = reader_u32(&r);
    found.off = reader_u32(&r);
    if (r.bad)
        return false;
    r = big_reader(set, found.off);
    uint32_t magic = reader_u32(&r), len = reader_u32(&r);
    if (r.bad || magic != magic_requirement || len < REQUIREMENT_HEADER ||
        !span_sub(set, found.off, len, &found.bytes))
        return false;
    *ret = found;
    return true;
}

void vpi_requirement_type(struct requirement_text *to, uint32_t type)
{
    static const char *const names[] = {"invalid",    "host",    "guest",
                                        "designated", "library", "plugin"};
    if (type < sizeof names / sizeof *names) {
        vpi_requirement_put(to, names[type]);
    } else {
        vpi_requirement_put(to, "/*unknown type*/ ");
        vpi_requirement_number(to, type);
    }
    vpi_requirement_put(to, " => ");
}
