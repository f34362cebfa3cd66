/* set_public.c - the functions of vendorprint/set.h */
#include "io/folder.h"
#include "set/compile.h"
#include "set/load.h"

enum vp_status vp_set_load(const char *folder, struct vp_set **ret_set, struct vp_error *err)
{
    if (!folder || !*folder || !ret_set)
        return vpi_fail(err, VP_E_ARGUMENT, "no folder, or no place for the set");
    return vpi_set_load(folder, 0, ret_set, err);
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
    const uint8_t *data;
    size_t len;
    enum vp_status status = vp_set_compile(set, &data, &len, err);
    if (status != VP_OK)
        return status;
    return vpi_file_replace(path, span_of(data, len), err);
}
