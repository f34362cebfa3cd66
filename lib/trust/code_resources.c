/* code_resources.c - the files that a bundle's signature lists (_CodeSignature/CodeResources)
 *
 *     <dict>
 *       <key>files2</key> <dict>
 *         <key>Resources/a.png</key> <dict>
 *           <key>hash2</key> <data>base64 of SHA-256</data>
 *           <key>optional</key> <true/>
 *         </dict>
 *         <key>Resources/b.png</key> <data>base64 of SHA-1</data> ...
 *
 * Apple Security, OSX/libsecurity_codesigning/lib/resources.cpp.  "files" is what systems before
 * 10.9.5 read, and counts only without "files2".  The rules, which say what else may lie there, are
 * not read.
 */
#include "trust/code_resources.h"

#include "base/base64.h"
#include "format/plist.h"

enum { DEPTH_LIST = 2, DEPTH_ENTRY = 3, BASE64_MOST = 256 };

struct walk {
    struct arena *arena;
    struct span all;
    struct code_resources *to;
    uint64_t depth;
    bool wanted;     /* the dictionary at DEPTH_LIST is the one */
    bool found;      /* it was there */
    struct span key; /* the last one, at the present depth */
    bool has_entry;  /* `entry` is under way */
    struct code_resource entry;
};

static bool is(struct span text, const char *word)
{
    return span_equal(text, span_text(word));
}

/* Below its folder, and nowhere else. */
static bool is_safe(struct span path)
{
    if (path.len == 0 || path.len > CODE_RESOURCE_PATH_MOST || path.data[0] == '/' ||
        memchr(path.data, 0, path.len))
        return false;
    for (size_t at = 0; at <= path.len;) {
        struct span rest = span_from(path, at), part = rest;
        const uint8_t *end = rest.len ? memchr(rest.data, '/', rest.len) : NULL;
        if (end)
            part.len = (size_t)(end - rest.data);
        if (is(part, "..") || (part.len == 0 && rest.len != 0))
            return false;
        at += part.len + 1;
    }
    return true;
}

static bool bytes_of(struct span text, uint8_t *to, size_t len)
{
    uint8_t bytes[BASE64_MOST / 4 * 3 + 3];
    size_t found = 0;
    if (text.len > BASE64_MOST || !vpi_base64_decode(text, bytes, &found) || found != len)
        return false;
    memcpy(to, bytes, len);
    return true;
}

static void entry_end(struct walk *w)
{
    struct code_resources *to = w->to;
    if (!w->has_entry)
        return;
    w->has_entry = false;
    if (!is_safe(w->entry.path)) {
        to->malformed = true;
        return;
    }
    struct code_resource *items = NULL;
    if (to->count < CODE_RESOURCES_MOST)
        items = vpi_arena_grow(w->arena, to->items, to->count, &to->capacity, sizeof *items);
    if (!items) {
        to->cut_short = true;
        return;
    }
    to->items = items;
    items[to->count++] = w->entry;
}

static void entry_begin(struct walk *w)
{
    w->entry = (struct code_resource){.path = w->key};
    w->has_entry = vpi_plist_resolve(w->arena, &w->entry.path);
    w->to->cut_short |= !w->has_entry;
}

/* A value that stands for itself: of an entry, or instead of one. */
static void value_read(struct walk *w, const struct plist_tag *tag)
{
    struct span text = tag->empty ? span_of(NULL, 0) : vpi_plist_content(w->all, tag->end);
    struct code_resource *entry = &w->entry;
    bool good = true;
    if (w->depth == DEPTH_LIST && w->wanted && is(tag->name, "data")) {
        entry_begin(w);
        entry->has_sha1 = bytes_of(text, entry->sha1, sizeof entry->sha1);
        good = entry->has_sha1;
        entry_end(w);
    } else if (w->depth == DEPTH_ENTRY && w->has_entry) {
        if (is(w->key, "hash2"))
            good = entry->has_sha256 = bytes_of(text, entry->sha256, sizeof entry->sha256);
        else if (is(w->key, "hash"))
            good = entry->has_sha1 = bytes_of(text, entry->sha1, sizeof entry->sha1);
        else if (is(w->key, "cdhash"))
            good = entry->has_cdhash = bytes_of(text, entry->cdhash, sizeof entry->cdhash);
        else if (is(w->key, "symlink"))
            good = vpi_plist_resolve(w->arena, &text) && (entry->link = text).len > 0;
        else if (is(w->key, "optional"))
            entry->optional = is(tag->name, "true");
    }
    w->to->malformed |= !good;
}

static void dictionary_begin(struct walk *w, const char *name)
{
    w->depth++;
    if (w->depth == DEPTH_LIST) {
        w->wanted = is(w->key, name) && !w->found;
        w->found |= w->wanted;
    }
    if (w->depth == DEPTH_ENTRY && w->wanted)
        entry_begin(w);
    w->key = span_of(NULL, 0);
}

static void dictionary_end(struct walk *w)
{
    if (w->depth == DEPTH_ENTRY)
        entry_end(w);
    if (w->depth == DEPTH_LIST)
        w->wanted = false;
    w->depth -= w->depth > 0;
    w->key = span_of(NULL, 0);
}

/* The list of that name.  False: there is none. */
static bool list_read(struct arena *arena, struct span xml, const char *name,
                      struct code_resources *ret)
{
    struct walk w = {.arena = arena, .all = xml, .to = ret};
    struct plist_tag tag;
    for (uint64_t at = 0; !arena->failed && vpi_plist_tag(xml, at, &tag); at = tag.end) {
        bool container = is(tag.name, "dict") || is(tag.name, "array");
        if (container && tag.closes)
            dictionary_end(&w);
        else if (container) {
            dictionary_begin(&w, name);
            if (tag.empty)
                dictionary_end(&w);
        } else if (is(tag.name, "key") && !tag.closes && !tag.empty)
            w.key = vpi_plist_content(xml, tag.end);
        else if (!tag.closes)
            value_read(&w, &tag);
    }
    ret->malformed |= w.has_entry;
    ret->cut_short |= arena->failed;
    return w.found;
}

bool vpi_code_resources_read(struct arena *arena, struct span xml, struct code_resources *ret)
{
    struct code_resources resources = {.items = NULL};
    bool found = list_read(arena, xml, "files2", &resources);
    if (!found) {
        resources.old = true;
        found = list_read(arena, xml, "files", &resources);
    }
    *ret = resources;
    return found;
}
