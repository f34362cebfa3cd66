/* entitlement.c - what Apple code may do, as its signature says: the XML form of its entitlements
 *
 *     <dict> <key>com.apple.security.network.client</key> <true/>
 *            <key>application-identifier</key> <string>TEAM.com.example.thing</string> ... </dict>
 *
 * Of the outermost dictionary: a switch that is on is its key, a text is "key: text", a list is
 * that for each of its texts.
 */
#include "feature/feature.h"
#include "format/plist.h"

enum { ENTITLEMENTS_MOST = 256, XML_MOST = 1 << 20, VALUE_MOST = 1024 };

static bool is(struct span text, const char *word)
{
    return span_equal(text, span_text(word));
}

static void add(struct feature_work *work, struct span key, struct span value)
{
    key = span_first(key, VALUE_MOST);
    value = span_first(value, VALUE_MOST);
    if (!vpi_plist_resolve(work->arena, &key) || !vpi_plist_resolve(work->arena, &value)) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "entitlements");
        return;
    }
    const char *text = vpi_arena_printf(work->arena, "%.*s%s%.*s", (int)key.len,
                                        (const char *)key.data, value.len ? ": " : "",
                                        (int)value.len, value.len ? (const char *)value.data : "");
    if (text)
        vpi_feature_add_text(work, KIND_ENTITLEMENT, span_text(text));
    else
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "entitlements");
}

/* Depth 1 is the outermost dictionary; a list in it is at 2. */
void vpi_code_entitlements(struct feature_work *work, struct span xml)
{
    struct span key = {NULL, 0};
    struct plist_tag tag;
    uint64_t depth = 0;
    unsigned count = 0;
    bool list = false;
    if (!vpi_feature_needed(work, KIND_ENTITLEMENT))
        return;
    xml = span_first(xml, XML_MOST);
    for (uint64_t at = 0; vpi_plist_tag(xml, at, &tag); at = tag.end) {
        bool container = is(tag.name, "dict") || is(tag.name, "array");
        struct span text = vpi_plist_content(xml, tag.end);
        if (container && tag.closes) {
            depth -= depth > 0;
        } else if (container && !tag.empty) {
            depth++;
            list = is(tag.name, "array");
        } else if (depth == 1 && is(tag.name, "key") && !tag.closes && !tag.empty) {
            key = text;
        } else if (key.len && !tag.closes && (depth == 1 || (depth == 2 && list))) {
            bool on = is(tag.name, "true") && depth == 1;
            bool said = is(tag.name, "string") && !tag.empty && text.len;
            if ((on || said) && count++ == ENTITLEMENTS_MOST) {
                vpi_image_gap(work->notes, VP_GAP_COUNT_LIMIT, "entitlements");
                return;
            }
            if (on || said)
                add(work, key, said ? text : span_of(NULL, 0));
        }
    }
}
