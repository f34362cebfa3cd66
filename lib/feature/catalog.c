/* catalog.c - catalogs that list the object, and who signed them
 *
 * The digest of an image is Authenticode's, of any other file that of all its bytes (Microsoft
 * Learn, CryptCATAdminCalcHashFromFileHandle).  An image that a signer would fill with zeros up to
 * a multiple of 8 bytes is looked up with them and without.  A signer of a catalog vouches for what
 * it lists like one whose signature is inside; its features say by which catalog.
 */
#include "feature/feature.h"

enum { CATALOGS_SHOWN = 8, VARIANTS = 2 };

struct catalog_digest {
    struct source_consumer consumer;
    struct source_range whole;
    struct digest *digest;
    struct feature_work *work;
    enum digest_algorithm algorithm;
    unsigned padding;
};

/* Of what isn't, a catalog has the digest of all bytes. */
static bool is_image(const struct image *image)
{
    return image->format == VP_FORMAT_PE32 || image->format == VP_FORMAT_PE32_PLUS;
}

static void digest_update(void *context, struct span bytes)
{
    struct catalog_digest *d = context;
    vpi_digest_add(d->digest, bytes);
}

/* Looks the digest up on both shelves, and remembers the catalogs that have it. */
static void digest_finish(void *context)
{
    static const uint8_t zeros[8];
    struct catalog_digest *d = context;
    struct feature_work *work = d->work;
    uint8_t value[DIGEST_MOST];
    vpi_digest_add(d->digest, span_of(zeros, d->padding));
    if (!vpi_digest_end(d->digest, value))
        return;
    bool flat = !is_image(work->image);
    for (unsigned shelf = 0; shelf < CATALOG_SHELVES; shelf++) {
        struct feature_catalogs *found = work->listed;
        uint32_t numbers[CATALOGS_SHOWN];
        const struct catalog_index *index = work->shelves[shelf].index;
        size_t count = index ? vpi_catalog_index_find(index, flat, d->algorithm, value, numbers,
                                                      CATALOGS_SHOWN)
                             : 0;
        for (size_t i = 0; i < count && found->count < CATALOG_HITS_MOST; i++) {
            struct catalog_hit *hit = &found->hits[found->count++];
            *hit = (struct catalog_hit){
                .shelf = shelf, .number = numbers[i], .algorithm = d->algorithm};
            memcpy(hit->digest, value, vpi_digest_len(d->algorithm));
        }
    }
}

static void consume(struct feature_work *work, enum digest_algorithm algorithm, unsigned padding)
{
    const struct image *image = work->image;
    bool ranges = is_image(image);
    struct catalog_digest *d = vpi_arena_alloc(work->arena, sizeof *d);
    struct digest *digest = d ? vpi_digest_begin(work->crypto, algorithm) : NULL;
    if (!digest) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "catalogs");
        return;
    }
    d->whole = (struct source_range){.off = 0, .len = work->src->size};
    d->consumer = (struct source_consumer){.ranges = ranges ? image->signed_ranges : &d->whole,
                                           .range_count = ranges ? image->signed_range_count : 1,
                                           .update = digest_update,
                                           .finish = digest_finish,
                                           .context = d,
                                           .cryptographic = true};
    d->digest = digest;
    d->work = work;
    d->algorithm = algorithm;
    d->padding = padding;
    vpi_pass_add(&work->pass, &d->consumer);
}

static bool has(const struct feature_work *work, bool flat, bool strong)
{
    for (unsigned shelf = 0; shelf < CATALOG_SHELVES; shelf++) {
        const struct catalog_index *index = work->shelves[shelf].index;
        if (index && index->has[flat][strong])
            return true;
    }
    return false;
}

void vpi_family_catalog(struct feature_work *work)
{
    const struct image *image = work->image;
    bool flat = !is_image(image);
    if (!(work->wanted & WANT_CATALOGS) || !work->shelves)
        return;
    work->listed = vpi_arena_alloc(work->arena, sizeof *work->listed);
    if (!work->listed) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "catalogs");
        return;
    }
    for (int strong = 1; strong >= 0; strong--) {
        enum digest_algorithm algorithm = strong ? DIGEST_SHA256 : DIGEST_SHA1;
        if (!has(work, flat, strong))
            continue;
        consume(work, algorithm, 0);
        if (!flat && image->signed_padding)
            consume(work, algorithm, image->signed_padding);
    }
}

/* The signature as one of this object. */
static bool add_signature(struct feature_work *work, const struct trust_signature *from,
                          const struct catalog_hit *hit, const char *name)
{
    struct feature_trust *trust = work->signatures;
    struct signed_content *content = vpi_arena_alloc(work->arena, sizeof *content);
    struct trust_signature *grown = vpi_arena_grow(work->arena, trust->signatures, trust->count,
                                                   &trust->capacity, sizeof *grown);
    if (!content || !grown)
        return false;
    trust->signatures = grown;
    *content = *from->content;
    content->digest = span_of(hit->digest, vpi_digest_len(hit->algorithm));
    struct trust_signature *to = &grown[trust->count++];
    *to = *from;
    to->content = content;
    to->catalog = name;
    vpi_trust_believe(work, to);
    return true;
}

static bool add_catalog(struct feature_work *work, const struct catalog_hit *hit)
{
    static const struct trust nobody;
    struct catalog_shelf *shelf = &work->shelves[hit->shelf];
    const struct shelf_catalog *catalog = vpi_catalog_shelf_get(
        shelf, work->crypto, work->trust ? work->trust : &nobody, hit->number, hit->algorithm);
    const char *name = shelf->index->catalogs[hit->number].name;
    if (!catalog)
        return false;
    vpi_image_note(work->notes, VP_NOTE_LISTED_IN_CATALOG, VP_NONE, name);
    size_t first = work->count;
    vpi_signer_features(work, &catalog->blob.data);
    for (size_t i = first; i < work->count; i++)
        work->items[i].catalog = name;
    for (size_t i = 0; i < catalog->count; i++) {
        if (!add_signature(work, &catalog->signatures[i], hit, name))
            return false;
    }
    return true;
}

/* Whether a hit before it was of the same catalog. */
static bool is_repeated(const struct feature_catalogs *listed, size_t which)
{
    const struct catalog_hit *hit = &listed->hits[which];
    for (size_t i = 0; i < which; i++) {
        if (listed->hits[i].shelf == hit->shelf && listed->hits[i].number == hit->number)
            return true;
    }
    return false;
}

void vpi_catalog_finish(struct feature_work *work)
{
    struct feature_catalogs *listed = work->listed;
    work->listed = NULL;
    if (!listed)
        return;
    if (listed->count && !work->signatures) {
        work->signatures = vpi_arena_alloc(work->arena, sizeof *work->signatures);
        if (work->signatures) {
            work->signatures->off = VP_NONE;
            work->signatures->verified = true; /* there is none inside */
        }
    }
    for (size_t i = 0; i < listed->count; i++) {
        if (is_repeated(listed, i))
            continue;
        if (!work->signatures || !add_catalog(work, &listed->hits[i])) {
            vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "catalogs");
            return;
        }
    }
    /* What a catalog that didn't fit lists is not known. */
    for (unsigned shelf = 0; shelf < CATALOG_SHELVES && listed->count == 0; shelf++) {
        if (work->shelves[shelf].index && work->shelves[shelf].index->full)
            vpi_image_gap(work->notes, VP_GAP_COUNT_LIMIT, "catalogs");
    }
}
