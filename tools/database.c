/* database.c - opening the database that the options mean */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "database.h"
#include "state.h"
#include "terminal.h"

static void say_if_expired(const struct vp_db_info *info)
{
    time_t now = time(NULL);
    struct tm today;
    char text[32];
    if (info->expires[0] == '\0' || gmtime_r(&now, &today) == NULL ||
        strftime(text, sizeof text, "%Y-%m-%d", &today) == 0)
        return;
    if (strcmp(info->expires, text) < 0)
        complain("warning: the database expired on %s; newer versions and vendors may be missing",
                 info->expires);
}

struct vp_db *database_open(const struct options *options, const char *path)
{
    const char *named = getenv("VENDORPRINT_DATABASE");
    if (path == NULL)
        path = options->database;
    /* A file that somebody names may be older on purpose. */
    bool is_default = path == NULL && (named == NULL || named[0] == '\0');
    uint64_t least = is_default ? state_serial() : 0;

    struct vp_db_options db_options = {.size = sizeof db_options, .minimum_serial = least};
    struct vp_error err;
    struct vp_db *db;
    if (vp_db_open(path, &db_options, &db, &err) != VP_OK) {
        complain("%s", err.text);
        if (least != 0 && err.status == VP_E_DATABASE)
            complain("the last database seen had serial %" PRIu64
                     "; --database FILE takes any, older or not",
                     least);
        if (is_default && err.status != VP_E_DATABASE)
            complain("--database FILE or VENDORPRINT_DATABASE can name another database");
        return NULL;
    }
    struct vp_db_info info = {.size = sizeof info};
    vp_db_info(db, &info);
    if (is_default && info.serial > least)
        state_remember(info.serial);
    say_if_expired(&info);
    return db;
}

bool database_has_policy(struct vp_db *db, const struct options *options)
{
    if (options->policy == NULL)
        return true;
    struct vp_policy policy = {.size = sizeof policy};
    for (uint32_t i = 0; vp_db_policy_at(db, i, &policy) == VP_OK; i++) {
        if (strcmp(policy.id, options->policy) == 0)
            return true;
    }
    complain("the database has no policy \"%s\"; it has:", options->policy);
    for (uint32_t i = 0; vp_db_policy_at(db, i, &policy) == VP_OK; i++)
        complain("    %s  %s", policy.id, policy.title);
    return false;
}
