/* state.c - the least serial of the default database that is still accepted */
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state.h"

enum { STATE_PATH = 4096 };

/* The folder, as the XDG base directory specification 0.8 says: a relative path is ignored. */
static bool state_folder(char *ret)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    int len = -1;
    if (state != NULL && state[0] == '/')
        len = snprintf(ret, STATE_PATH, "%s/vendorprint", state);
    else if (home != NULL && home[0] == '/')
        len = snprintf(ret, STATE_PATH, "%s/.local/state/vendorprint", home);
    return len > 0 && len < STATE_PATH - 32;
}

uint64_t state_serial(void)
{
    char path[STATE_PATH], text[32] = "";
    if (!state_folder(path))
        return 0;
    strcat(path, "/serial");
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t got = read(fd, text, sizeof text - 1);
    close(fd);
    if (got <= 0 || strspn(text, "0123456789") == 0)
        return 0;
    return strtoull(text, NULL, 10);
}

/* Each folder on the way to `path`, the last one included. */
static void make_folders(char *path)
{
    for (char *slash = path + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    mkdir(path, 0700);
}

void state_remember(uint64_t serial)
{
    char path[STATE_PATH], temporary[STATE_PATH + 32], text[32];
    if (!state_folder(path))
        return;
    make_folders(path);
    snprintf(temporary, sizeof temporary, "%s/serial.%ld", path, (long)getpid());
    strcat(path, "/serial");
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    int len = snprintf(text, sizeof text, "%" PRIu64 "\n", serial);
    bool written = write(fd, text, (size_t)len) == len;
    written = close(fd) == 0 && written;
    if (!written || rename(temporary, path) != 0)
        unlink(temporary);
}
