/* gates.c - on which files a gate opens: paths on standard input, a line each
 *
 *     gates DATABASE UNGATED GATED
 *
 * writes those on which some digest of the whole file became due to GATED, the others to UNGATED,
 * and prints how many files and bytes each has, how many were read and how many were hashed. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "vendorprint/vendorprint.h"

enum { UNGATED, GATED, SIDES };

struct side {
    FILE *list;
    uint64_t files, bytes, read, hashed;
};

static void count(struct vp_session *session, const char *path, struct side *sides)
{
    struct vp_result *result;
    if (vp_examine_path(session, path, &result, NULL) != VP_OK)
        return;
    struct vp_summary summary = {.size = sizeof summary};
    struct vp_object top = {.size = sizeof top};
    vp_result_summary(result, &summary);
    vp_result_object(result, 0, &top);
    struct side *side = &sides[summary.bytes_hashed ? GATED : UNGATED];
    fprintf(side->list, "%s\n", path);
    side->files++;
    side->bytes += top.bytes;
    side->read += summary.bytes_read;
    side->hashed += summary.bytes_hashed;
    vp_result_unref(result);
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"ungated", "gated"};
    struct vp_db_options options = {.size = sizeof options};
    struct vp_db *db;
    struct vp_session *session;
    struct side sides[SIDES] = {{0}};
    char line[8192];
    if (argc != 4 || vp_db_open(argv[1], &options, &db, NULL) != VP_OK ||
        vp_session_new(db, NULL, &session, NULL) != VP_OK)
        return 1;
    for (int i = 0; i < SIDES; i++) {
        sides[i].list = fopen(argv[2 + i], "w");
        if (!sides[i].list)
            return 1;
    }
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        count(session, line, sides);
    }
    for (int i = 0; i < SIDES; i++) {
        printf("%s files %" PRIu64 " bytes %" PRIu64 " read %" PRIu64 " hashed %" PRIu64 "\n",
               names[i], sides[i].files, sides[i].bytes, sides[i].read, sides[i].hashed);
        fclose(sides[i].list);
    }
    vp_session_free(session);
    vp_db_unref(db);
    return 0;
}
