/* consumer.c - another project's program: the libraries are found, linked and answer */
#include <stdio.h>
#include <string.h>
#include <vendorprint/set.h>

/* With -DWITH_SET also libvendorprint-set. */
static int set_answers(void)
{
#if defined(WITH_SET)
    struct vp_set *set = NULL;
    enum vp_status status = vp_set_load("no such folder", &set, NULL);
    vp_set_free(set);
    return status == VP_E_NOT_FOUND || status == VP_E_IO;
#else
    return 1;
#endif
}

int main(void)
{
    struct vp_session *session = NULL;
    struct vp_result *result = NULL;
    struct vp_error err;
    if (vp_session_new(NULL, NULL, &session, &err) != VP_OK ||
        vp_examine_memory(session, "MZ", 2, NULL, &result, &err) != VP_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    vp_result_unref(result);
    vp_session_free(session);
    return strcmp(vp_version(), EXPECTED_VERSION) != 0 || !set_answers();
}
