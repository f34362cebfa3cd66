/* report.h - one examined file, as each subcommand shows it */
#ifndef TOOLS_REPORT_H
#define TOOLS_REPORT_H

#include "output.h"

/* A file and what came of it. */
struct item {
    const char *path;
    size_t path_len;
    enum vp_status status;
    const char *error;              /* "" or one line */
    const struct vp_result *result; /* NULL unless status is VP_OK */
    bool hard_link;
    bool cached; /* the result is that of an earlier scan */
    bool named;  /* its path stands on the command line */
};

struct report;

/* How a subcommand shows a result where that differs between them. */
struct view {
    const char *columns; /* of the CSV */
    void (*text)(struct report *report, const struct item *item);
    void (*csv)(struct report *report, const struct item *item);
};

struct report {
    struct output output;
    const struct options *options;
    struct vp_db *db; /* NULL: nothing is looked for, nothing is said of findings */
    const struct view *view;
    bool features; /* list them in JSON */
};

void report_start(struct report *report, const struct options *options, struct vp_db *db,
                  const struct view *view);
/* Writes an item; false: standard output takes no more. */
bool report_item(struct report *report, const struct item *item);

/* The members of an item's JSON object (report_json.c). */
void report_json(struct report *report, const struct item *item);

/* Pieces that several texts share. */
void report_text_path(struct report *report, const struct item *item);
void report_text_failure(struct report *report, const struct item *item);
/* "pe32 library, x86, 1234 bytes" */
void report_text_object(struct report *report, const struct vp_object *object);
/* "AO Kaspersky Lab, Kaspersky Virus Removal Tool 20.0" */
void report_text_subject(FILE *stream, const char *vendor, const char *product,
                         const char *version);
void report_text_gaps(struct report *report, const struct item *item, const char *indent);
/* The digest `bit` (enum vp_digests) of an object among the features; NULL: not computed. */
const char *report_digest(const struct vp_result *result, uint32_t object, unsigned bit);

/* The digests that can be asked for, in the order of output. */
struct digest_row {
    unsigned bit;
    const char *name;
    const char *kind;
};
enum { DIGEST_ROWS = 4 };
extern const struct digest_row digest_rows[DIGEST_ROWS];

#endif
