/* signatures.c - who signed this file, and can it be believed?  ./signatures FILE [ANCHORS] */
#include <inttypes.h>
#include <stdio.h>
#include <vendorprint/vendorprint.h>

static void print_signature(const struct vp_result *result, uint32_t index)
{
    struct vp_signature signature = {.size = sizeof signature};
    struct vp_certificate certificate = {.size = sizeof certificate};
    if (vp_result_signature(result, index, &signature) != VP_OK)
        return;
    printf("%s: %sbelieved\n", signature.signer,
           signature.states & VP_SIGNATURE_BELIEVED ? "" : "not ");
    for (unsigned bit = 1; bit && bit <= signature.states; bit <<= 1) {
        if (signature.states & bit)
            printf("  %s\n", vp_name(VP_NAMES_SIGNATURE_STATE, bit));
    }
    for (uint32_t i = 0; vp_result_chain(result, index, i, &certificate) == VP_OK; i++)
        printf("  %s, %s %" PRIu32 "\n", certificate.subject, certificate.key,
               certificate.key_bits);
    if (signature.states & VP_SIGNATURE_STAMPED)
        printf("  signed at %" PRIu64 "\n", signature.time);
}

int main(int argc, char **argv)
{
    struct vp_error error = {.text = "which file?"};
    struct vp_db *db = NULL;
    struct vp_session *session = NULL;
    struct vp_result *result = NULL;
    /* Without the flag, only what a key of the database asks for is verified. */
    struct vp_session_options options = {.size = sizeof options,
                                         .flags = VP_SESSION_ALL_FEATURES,
                                         .anchors_file = argc > 2 ? argv[2] : NULL};
    int failed = argc < 2 || vp_db_open(NULL, NULL, &db, &error) ||
                 vp_session_new(db, &options, &session, &error) ||
                 vp_examine_path(session, argv[1], &result, &error);
    if (failed) {
        fprintf(stderr, "%s\n", error.text);
    } else {
        struct vp_summary summary = {.size = sizeof summary};
        vp_result_summary(result, &summary);
        for (uint32_t i = 0; i < summary.signatures; i++)
            print_signature(result, i);
    }
    vp_result_unref(result);
    vp_session_free(session);
    vp_db_unref(db);
    return failed ? 1 : 0;
}
