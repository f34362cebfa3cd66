/* callback_source.c - examine bytes that only the caller can reach
 *
 *     ./callback_source 5a < scrambled.bin
 *
 * Stands for a remote store, a quarantine or a disk image: the bytes lie scrambled (every byte is
 * XORed with the key), and no clear copy of the whole is ever made.  The library asks for what it
 * needs, in blocks, and may ask for a place twice.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vendorprint/vendorprint.h>

struct quarantine {
    int fd;
    unsigned char key;
};

static int read_at(void *context, uint64_t offset, void *buffer, size_t len, size_t *ret_len)
{
    const struct quarantine *from = context;
    unsigned char *bytes = buffer;
    size_t done = 0;
    while (done < len) {
        ssize_t got = pread(from->fd, bytes + done, len - done, (off_t)(offset + done));
        if (got < 0)
            return -1; /* vp_examine_source then returns VP_E_CALLBACK */
        if (got == 0)
            break; /* fewer bytes than asked for: only at the end */
        done += (size_t)got;
    }
    for (size_t i = 0; i < done; i++)
        bytes[i] ^= from->key;
    *ret_len = done;
    return 0;
}

static void print_result(const struct vp_result *result)
{
    struct vp_summary summary = {.size = sizeof summary};
    struct vp_object object = {.size = sizeof object};
    vp_result_summary(result, &summary);
    vp_result_object(result, 0, &object);
    printf("format %s, role %s, %s\n", vp_name(VP_NAMES_FORMAT, object.format),
           vp_name(VP_NAMES_ROLE, object.role), summary.complete ? "complete" : "incomplete");
    for (uint32_t i = 0; i < summary.findings; i++) {
        struct vp_finding finding = {.size = sizeof finding};
        vp_result_finding(result, i, &finding);
        printf("%s: %s\n", finding.vendor, finding.reason);
    }
}

int main(int argc, char **argv)
{
    struct stat st;
    struct quarantine from = {.fd = STDIN_FILENO};
    if (argc != 2 || fstat(from.fd, &st)) {
        fprintf(stderr, "usage: callback_source KEY < FILE\n");
        return 64;
    }
    from.key = (unsigned char)strtoul(argv[1], NULL, 16);
    struct vp_source source = {
        .size = sizeof source,
        .context = &from,
        .bytes = (uint64_t)st.st_size,
        .read_at = read_at,
    };
    struct vp_error error = {VP_OK, 0, ""};
    struct vp_db *db = NULL;
    struct vp_session *session = NULL;
    struct vp_result *result = NULL;
    if (vp_db_open(NULL, NULL, &db, &error) || vp_session_new(db, NULL, &session, &error) ||
        vp_examine_source(session, &source, NULL, &result, &error))
        fprintf(stderr, "%s\n", error.text);
    else
        print_result(result);
    vp_result_unref(result);
    vp_session_free(session);
    vp_db_unref(db);
    return error.status ? 1 : 0;
}
