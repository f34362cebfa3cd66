/* requirement.h - what a code signature demands of the code, as text in Apple's own language
 *
 *     identifier "com.example.thing" and anchor apple generic and certificate leaf[subject.OU] = T
 *
 * A signature has a set of such requirements, each an expression of opcodes in prefix order (Apple
 * Security, OSX/libsecurity_codesigning/lib: requirement.h).  Nothing is evaluated.
 */
#ifndef VPI_TRUST_REQUIREMENT_H
#define VPI_TRUST_REQUIREMENT_H

#include "base/span.h"

enum {
    REQUIREMENTS_MOST = 16,         /* of a set */
    REQUIREMENT_DEPTH_MOST = 64,    /* operators in operators; Apple evaluates 1,000 */
    REQUIREMENT_TEXT_MOST = 8 << 10 /* bytes of its text */
};

enum requirement_type {
    REQUIREMENT_HOST = 1,
    REQUIREMENT_GUEST = 2,
    REQUIREMENT_DESIGNATED = 3, /* what tells later versions of this code from other code */
    REQUIREMENT_LIBRARY = 4,
    REQUIREMENT_PLUGIN = 5
};

/* One of a set. */
struct requirement {
    uint32_t type;     /* enum requirement_type, or another number */
    uint64_t off;      /* in the set's blob */
    struct span bytes; /* with its header */
};

/* How many a set (its whole blob) says that it has. */
uint32_t vpi_requirements_count(struct span set);

/* Number `index` of them, below vpi_requirements_count.  False: it is not there, or is none. */
bool vpi_requirements_at(struct span set, uint32_t index, struct requirement *ret);

enum requirement_state {
    REQUIREMENT_READ = 1,
    REQUIREMENT_DAMAGED = 2,      /* it ends too early, or contradicts itself */
    REQUIREMENT_UNKNOWN = 3,      /* an opcode or a form that we know nothing of */
    REQUIREMENT_LIMIT_REACHED = 4 /* of depth, or of text */
};

/* Printable ASCII, and white space in quotes. */
struct requirement_text {
    size_t len;
    bool full; /* more than there is room for */
    uint8_t bytes[REQUIREMENT_TEXT_MOST];
};

/* Makes the text of one requirement, with the name of its type before it ("designated => ").  It is
 * whole only when the answer is REQUIREMENT_READ. */
enum requirement_state vpi_requirement_print(const struct requirement *requirement,
                                             struct requirement_text *ret);

/* What it is for, as before an expression: "designated => ". */
void vpi_requirement_type(struct requirement_text *to, uint32_t type);

/* ---- requirement_text.c: how values are written */

void vpi_requirement_put(struct requirement_text *to, const char *words);
void vpi_requirement_number(struct requirement_text *to, int64_t number);
void vpi_requirement_hex(struct requirement_text *to, struct span bytes);
/* A word, or else in quotes, or else as 0x and digits; `dots` may stand in a word. */
void vpi_requirement_value(struct requirement_text *to, struct span bytes, bool dots);
/* An object identifier's content: with dots. */
void vpi_requirement_oid(struct requirement_text *to, struct span content);
/* Seconds from 2001-01-01. */
void vpi_requirement_time(struct requirement_text *to, int64_t seconds);

#endif
