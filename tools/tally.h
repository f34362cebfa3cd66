/* tally.h - what a run saw, found and left out: the summary and the exit status */
#ifndef TOOLS_TALLY_H
#define TOOLS_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "output.h"
#include "report.h"

enum { TALLY_LEVELS = 4, TALLY_REASONS = 32, TALLY_STATUSES = 16 };

struct tally_vendor {
    uint64_t stamp;               /* the last file that was counted */
    enum vp_level level;          /* of that file */
    uint64_t files[TALLY_LEVELS]; /* by level */
};

struct tally {
    struct vp_db *db;
    uint64_t files;      /* seen */
    uint64_t examined;   /* of a format that is read */
    uint64_t other;      /* of another format: counted, not examined further */
    uint64_t failed;     /* not opened or not read */
    uint64_t special;    /* no regular files */
    uint64_t incomplete; /* examined, with gaps */
    uint64_t cached;     /* answered by an earlier scan */
    uint64_t with_findings;
    uint64_t answered; /* files that a policy covers or leaves to a human */
    uint64_t failures[TALLY_STATUSES];
    uint64_t gaps[TALLY_REASONS];
    uint64_t bytes;
    struct tally_vendor *vendors; /* by subject row; NULL without a database */
    uint32_t vendor_count;
};

bool tally_init(struct tally *tally, struct vp_db *db);
void tally_done(struct tally *tally);

/* Counts an item; a policy's answers are counted where `policy` isn't NULL. */
void tally_add(struct tally *tally, const struct item *item, const char *policy);

bool tally_complete(const struct tally *tally);
/* The sum that the exit status is. */
int tally_status(const struct tally *tally, const char *policy);

void tally_json(const struct tally *tally, struct json *json);
void tally_text(const struct tally *tally, FILE *stream);

#endif
