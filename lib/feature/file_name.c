/* file_name.c - the name of the object, without its folders */
#include "feature/feature.h"

void vpi_family_file_name(struct feature_work *work)
{
    struct span name = work->name;
    if (!(work->wanted & WANT_REST))
        return;
    for (size_t i = name.len; i > 0; i--) {
        /* Names come from Windows too, inside containers and lists. */
        if (name.data[i - 1] == '/' || name.data[i - 1] == '\\') {
            name = span_from(name, i);
            break;
        }
    }
    vpi_feature_add_text(work, KIND_FILE_NAME, name);
}
