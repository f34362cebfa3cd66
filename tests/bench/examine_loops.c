/* examine_loops.c DATABASE FILE TIMES - a file examined again and again, for counting instructions
 *
 * As `scan` does: one session, findings alone, by a descriptor that is open already.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "vendorprint/vendorprint.h"

int main(int argc, char **argv)
{
    struct vp_session_options options = {.size = sizeof options, .flags = VP_SESSION_FINDINGS};
    struct vp_session *session = NULL;
    struct vp_db *db = NULL;
    unsigned long features = 0;
    if (argc != 4 || vp_db_open(argv[1], NULL, &db, NULL) != VP_OK ||
        vp_session_new(db, &options, &session, NULL) != VP_OK)
        return 64;
    for (long i = strtol(argv[3], NULL, 10); i > 0; i--) {
        struct vp_result *result = NULL;
        struct vp_summary summary = {.size = sizeof summary};
        int fd = open(argv[2], O_RDONLY | O_CLOEXEC);
        if (fd < 0 || vp_examine_fd(session, fd, argv[2], &result, NULL) != VP_OK)
            return 66;
        close(fd);
        vp_result_summary(result, &summary);
        features += summary.features;
        vp_result_unref(result);
    }
    printf("%lu\n", features);
    vp_session_free(session);
    vp_db_unref(db);
    return 0;
}
