/* bundle_path.c - which folder a bundle's parts say is the bundle, by their paths alone
 *
 *     X.app/Contents/Info.plist            X.app/Contents/_CodeSignature/CodeResources
 *     X.framework/Resources/Info.plist     X.framework/_CodeSignature/CodeResources
 *     X.framework/Versions/A/ both of these
 *     X.app/Info.plist                     X.app/_CodeSignature/CodeResources
 */
#include "scan/bundle_path.h"

#include <stdbool.h>
#include <string.h>

size_t vpi_path_above(const char *path, size_t len)
{
    while (len > 0 && path[len - 1] != '/')
        len--;
    while (len > 0 && path[len - 1] == '/')
        len--;
    return len;
}

/* Whether what the first `len` bytes name is called so. */
static bool is_called(const char *path, size_t len, const char *name)
{
    size_t name_len = strlen(name);
    return len >= name_len && memcmp(path + len - name_len, name, name_len) == 0 &&
           (len == name_len || path[len - name_len - 1] == '/');
}

static bool is_framework(const char *path, size_t len)
{
    static const char ending[] = ".framework";
    size_t ending_len = sizeof ending - 1;
    return len > ending_len && memcmp(path + len - ending_len, ending, ending_len) == 0;
}

/* X.framework for X.framework/Versions/A, else the folder itself. */
static size_t without_version(const char *path, size_t len)
{
    size_t versions = vpi_path_above(path, len), framework = vpi_path_above(path, versions);
    return is_called(path, versions, "Versions") && is_framework(path, framework) ? framework : len;
}

size_t vpi_bundle_of_info(const char *path)
{
    size_t len = strlen(path), folder = vpi_path_above(path, len),
           up = vpi_path_above(path, folder);
    if (!is_called(path, len, "Info.plist"))
        return 0;
    if (is_called(path, folder, "Contents"))
        return up;
    if (!is_called(path, folder, "Resources"))
        return folder;
    up = without_version(path, up);
    return is_framework(path, up) ? up : folder;
}

size_t vpi_bundle_of_list(const char *path)
{
    size_t len = strlen(path), folder = vpi_path_above(path, len),
           up = vpi_path_above(path, folder);
    if (!is_called(path, len, "CodeResources") || !is_called(path, folder, "_CodeSignature"))
        return 0;
    return is_called(path, up, "Contents") ? vpi_path_above(path, up) : without_version(path, up);
}
