/* go_module.c - the modules that a Go program is built from, as "go version -m" prints them
 *
 * A module is a name twice: its path, and with its version behind an @ as Go writes it elsewhere. A
 * vendor's modules are found by path, a release of one by both.  What replaces a dependency ("=>")
 * is one itself: its code is inside, though both are named.
 */
#include "feature/feature.h"

struct module {
    struct span path, version;
};

static struct span next_field(struct span *rest)
{
    const uint8_t *tab = rest->len ? memchr(rest->data, '\t', rest->len) : NULL;
    struct span field = span_first(*rest, tab ? (uint64_t)(tab - rest->data) : rest->len);
    *rest = span_from(*rest, field.len + 1);
    return field;
}

static void add_module(struct feature_work *work, unsigned kind, struct span line)
{
    struct span path = next_field(&line), version = next_field(&line);
    if (path.len == 0 || path.len + version.len > CANONICAL_MOST)
        return;
    vpi_feature_add_text(work, kind, path);
    /* Built from a folder, it has no version. */
    if (version.len == 0 || span_equal(version, span_text("(devel)")))
        return;
    uint8_t *both = vpi_arena_alloc(work->arena, path.len + 1 + version.len);
    if (!both) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "Go modules");
        return;
    }
    memcpy(both, path.data, path.len);
    both[path.len] = '@';
    memcpy(both + path.len + 1, version.data, version.len);
    vpi_feature_add_text(work, kind, span_of(both, path.len + 1 + version.len));
}

void vpi_family_go_module(struct feature_work *work)
{
    const struct image *image = work->image;
    const struct image_text *path = NULL;
    bool module = false, main_module = true;
    if (!(work->wanted & WANT_REST))
        return;
    for (size_t i = 0; i < image->text_count; i++) {
        const struct image_text *text = &image->texts[i];
        if (text->group != TEXT_GO)
            continue;
        if (strcmp(text->field, "path") == 0) {
            path = path ? path : text;
        } else if (strcmp(text->field, "mod") == 0) {
            module = true;
            add_module(work, KIND_GO_MODULE, text->utf8);
        } else if (strcmp(text->field, "dep") == 0) {
            main_module = false;
            add_module(work, KIND_GO_DEPENDENCY, text->utf8);
        } else if (strcmp(text->field, "=>") == 0) {
            add_module(work, main_module ? KIND_GO_MODULE : KIND_GO_DEPENDENCY, text->utf8);
        }
    }
    /* Built without modules there is only the path of the command. */
    if (path && !module)
        vpi_feature_add_text(work, KIND_GO_MODULE, path->utf8);
}
