/* minimal.c - whose code is in these files?  The smallest program that asks
 *
 *     cc minimal.c $(pkg-config --cflags --libs vendorprint) -o minimal && ./minimal setup.exe
 */
#include <stdio.h>
#include <vendorprint/vendorprint.h>

static void print_findings(const char *path, const struct vp_result *result)
{
    struct vp_summary summary = {.size = sizeof summary};
    vp_result_summary(result, &summary);
    for (uint32_t i = 0; i < summary.findings; i++) {
        struct vp_finding finding = {.size = sizeof finding};
        vp_result_finding(result, i, &finding);
        printf("%s: %s (%s, %s)\n", path, finding.vendor,
               vp_name(VP_NAMES_RELATION, finding.relation),
               vp_name(VP_NAMES_LEVEL, finding.level));
    }
    if (summary.outcome == VP_OUTCOME_NOTHING)
        printf("%s: nothing%s\n", path, summary.complete ? "" : " in what was examined");
}

int main(int argc, char **argv)
{
    struct vp_error error;
    struct vp_db *db = NULL;
    struct vp_session *session = NULL;
    if (vp_db_open(NULL, NULL, &db, &error) || vp_session_new(db, NULL, &session, &error)) {
        fprintf(stderr, "%s\n", error.text);
        vp_db_unref(db);
        return 1;
    }
    for (int i = 1; i < argc; i++) {
        struct vp_result *result = NULL;
        if (vp_examine_path(session, argv[i], &result, &error))
            fprintf(stderr, "%s: %s\n", argv[i], error.text);
        else
            print_findings(argv[i], result);
        vp_result_unref(result);
    }
    vp_session_free(session);
    vp_db_unref(db);
    return 0;
}
