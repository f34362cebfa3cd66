/* lookup_digests.c - what does the signature set say of a list of digests?
 *
 *     sha256sum * | ./lookup_digests
 *
 * Reads one digest a line; what follows it on the line is ignored.  A digest is looked up under
 * every kind of file digest of its length.  Keys go to vp_lookup_batch many at a time, because
 * then the memory that each needs is fetched while the others are compared.
 */
#include <stdio.h>
#include <string.h>
#include <vendorprint/vendorprint.h>

enum { BATCH = 4096, LINE = 256, DIGEST_KINDS = 0x0100, KIND_BLOCK = 0xff00 };

struct batch {
    struct vp_key keys[BATCH];
    char texts[BATCH][LINE];
    size_t count;
};

static void print_hit(struct vp_db *db, const char *text, unsigned kind, struct vp_hit hit)
{
    for (uint32_t i = 0; i < hit.count; i++) {
        struct vp_record record = {.size = sizeof record};
        struct vp_subject subject = {.size = sizeof subject};
        if (vp_db_record_at(db, hit, i, &record) || vp_db_subject_at(db, record.subject, &subject))
            continue;
        printf("%s: %s %s %s (%s)\n", text, vp_name(VP_NAMES_KIND, kind), subject.id,
               record.version[0] ? record.version : "-", record.source);
    }
}

static void look_up(struct vp_db *db, struct batch *batch)
{
    struct vp_hit hits[BATCH];
    if (vp_lookup_batch(db, batch->keys, batch->count, hits) == VP_OK) {
        for (size_t i = 0; i < batch->count; i++)
            print_hit(db, batch->texts[i], batch->keys[i].kind, hits[i]);
    }
    batch->count = 0;
}

/* Adds a key for each kind of file digest that is as long as `text`. */
static void add(struct vp_db *db, struct batch *batch, const char *text)
{
    unsigned kind;
    for (size_t i = 0; (kind = vp_kind_at(i)) != 0; i++) {
        uint8_t value[64];
        size_t len;
        if ((kind & KIND_BLOCK) != DIGEST_KINDS ||
            vp_value_parse(kind, text, strlen(text), value, sizeof value, &len, NULL))
            continue;
        if (batch->count == BATCH)
            look_up(db, batch);
        batch->keys[batch->count] = vp_key_make(kind, value, len);
        snprintf(batch->texts[batch->count], LINE, "%s", text);
        batch->count++;
    }
}

int main(void)
{
    static struct batch batch;
    struct vp_error error;
    struct vp_db *db;
    if (vp_db_open(NULL, NULL, &db, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    char line[LINE];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, " \t\r\n")] = '\0';
        if (line[0])
            add(db, &batch, line);
    }
    look_up(db, &batch);
    vp_db_unref(db);
    return 0;
}
