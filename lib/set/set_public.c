/* set_public.c - the functions of vendorprint/set.h */
#include "set/compile.h"
#include "set/load.h"
#include "set/merge.h"

/* What the build is told; `beside` is the system's folder unless the caller names a place. */
static struct build_options build_options(const struct vp_set_options *caller_options)
{
    struct vp_set_options options;
    vpi_struct_in(&options, sizeof options, caller_options);
    struct build_options build = {.beside = options.beside ? options.beside : "",
                                  .memory =
                                      options.memory < SIZE_MAX ? (size_t)options.memory : SIZE_MAX,
                                  .threads = options.threads};
    return build;
}

enum vp_status vp_set_load_folders(const char *const *folders, size_t count,
                                   const struct vp_set_options *options, struct vp_set **ret_set,
                                   struct vp_error *err)
{
    bool fine = folders && count > 0 && ret_set;
    for (size_t i = 0; fine && i < count; i++)
        fine = folders[i] && *folders[i];
    if (!fine)
        return vpi_fail(err, VP_E_ARGUMENT, "no folder, or no place for the set");
    struct build_options build = build_options(options);
    return vpi_set_load(folders, count, &build, ret_set, err);
}

enum vp_status vp_set_load(const char *folder, struct vp_set **ret_set, struct vp_error *err)
{
    return vp_set_load_folders(&folder, 1, NULL, ret_set, err);
}

enum vp_status vp_set_diagnostic(const struct vp_set *set, uint32_t index,
                                 struct vp_diagnostic *ret_diagnostic)
{
    if (index >= set->diagnostics_count)
        return VP_E_NOT_FOUND;
    const struct diagnostic *item = &set->diagnostics[index];
    struct vp_diagnostic diagnostic = {
        .severity = item->severity,
        .file = item->place.file,
        .line = item->place.line,
        .column = item->place.column,
        .text = item->text,
    };
    vpi_struct_out(ret_diagnostic, &diagnostic, sizeof diagnostic);
    return VP_OK;
}

uint32_t vp_set_errors(const struct vp_set *set)
{
    return set->errors;
}

enum vp_status vp_set_compile(struct vp_set *set, const uint8_t **ret_data, size_t *ret_len,
                              struct vp_error *err)
{
    if (set->errors)
        return vpi_fail(err, VP_E_SET, "the set has %u errors", set->errors);
    if (!set->database.data) {
        enum vp_status status = vpi_set_compile(set, &set->database, err);
        if (status != VP_OK)
            return status;
    }
    *ret_data = set->database.data;
    *ret_len = set->database.len;
    return VP_OK;
}

enum vp_status vp_set_build(struct vp_set *set, const char *path, struct vp_error *err)
{
    if (set->errors)
        return vpi_fail(err, VP_E_SET, "the set has %u errors", set->errors);
    return vpi_set_write(set, path, err);
}

enum vp_status vp_set_merge(const char *const *databases, size_t count, const char *path,
                            const struct vp_set_options *options, struct vp_error *err)
{
    bool fine = databases && count > 0 && path;
    for (size_t i = 0; fine && i < count; i++)
        fine = databases[i] && *databases[i];
    if (!fine)
        return vpi_fail(err, VP_E_ARGUMENT, "no databases, or no place for the new one");
    struct build_options build = build_options(options);
    return vpi_merge(databases, count, path, &build, err);
}
