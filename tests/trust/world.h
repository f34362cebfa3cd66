/* world.h - who signs in the tests of signatures, and a database that knows some of them */
#ifndef TESTS_TRUST_WORLD_H
#define TESTS_TRUST_WORLD_H

#include "feature/feature.h"
#include "forge.h"
#include "set/write.h"
#include "vendorprint/vendorprint.h"

enum { EXAMPLE, KASPERSKY, STORE, SUBJECTS };

static const struct db_subject subjects[SUBJECTS] = {
    {.id = "example", .name = "Example", .vendor = EXAMPLE, .type = VP_SUBJECT_VENDOR},
    {.id = "kaspersky", .name = "AO Kaspersky Lab", .vendor = KASPERSKY, .type = VP_SUBJECT_VENDOR},
    {.id = "store",
     .name = "Store",
     .vendor = STORE,
     .type = VP_SUBJECT_VENDOR,
     .signs_for_others = true}};

static const struct {
    uint16_t kind;
    const char *text;
    uint32_t subject;
} keys[] = {{KIND_CERTIFICATE_O, "AO Kaspersky Lab", KASPERSKY},
            {KIND_CERTIFICATE_REGISTRATION, "RU:1027739867473", KASPERSKY},
            {KIND_CERTIFICATE_O, "Example GmbH", EXAMPLE},
            {KIND_CERTIFICATE_O, "Store", STORE}};

enum { KEYS = sizeof keys / sizeof *keys };

/* The people of all tests. */
static struct {
    struct party root, stamp_root, unknown_root, kaspersky, example, store, stamper, forger,
        unknown_stamper, distrusted, distrusted_authority, distrusted_stamper;
    struct party old_root; /* with an RSA key, for code and times */
    struct target target;
    struct vp_db *db;
} world;

static struct write_anchor anchor_of(const struct party *party, unsigned purposes)
{
    struct write_anchor anchor = {.row = {.what = ANCHOR_SPKI,
                                          .algorithm = DIGEST_SHA256,
                                          .purposes = purposes,
                                          .distrusted = purposes == 0,
                                          .name = "an anchor"},
                                  .source = "a test"};
    hash(DIGEST_SHA256, party->facts.spki, anchor.row.hash);
    return anchor;
}

static struct vp_db *make_db(void)
{
    struct arena arena;
    struct write_key rows[KEYS];
    struct span bytes;
    struct vp_db *db = NULL;
    static const struct write_kind kinds[] = {
        {KIND_CERTIFICATE_O, FORM_TEXT, "certificate-o"},
        {KIND_CERTIFICATE_REGISTRATION, FORM_NAME, "certificate-registration"}};
    const struct write_anchor anchors[] = {anchor_of(&world.root, PURPOSE_CODE),
                                           anchor_of(&world.stamp_root, PURPOSE_TIME),
                                           anchor_of(&world.distrusted, 0),
                                           anchor_of(&world.old_root, PURPOSE_CODE | PURPOSE_TIME),
                                           anchor_of(&world.distrusted_authority, 0),
                                           anchor_of(&world.distrusted_stamper, 0)};
    memset(rows, 0, sizeof rows);
    for (size_t i = 0; i < KEYS; i++) {
        uint8_t value[256];
        size_t len;
        ck_assert_int_eq(vp_value_parse(keys[i].kind, keys[i].text, strlen(keys[i].text), value,
                                        sizeof value, &len, NULL),
                         VP_OK);
        struct vp_key key = vp_key_make(keys[i].kind, value, len);
        rows[i] = (struct write_key){.key = {key.low, key.high},
                                     .record = {.kind = keys[i].kind,
                                                .subject = keys[i].subject,
                                                .gate = VPDB_NO_ROW,
                                                .relation = VP_RELATION_SIGNER,
                                                .confidence = VP_CONFIDENCE_HIGH,
                                                .version = "",
                                                .file = "",
                                                .source = "a test",
                                                .date = ""}};
    }
    struct write_content content = {.serial = 1,
                                    .date = 20779, /* 2026-11-22 */
                                    .kinds = kinds,
                                    .kind_count = 2,
                                    .subjects = subjects,
                                    .subject_count = SUBJECTS,
                                    .keys = rows,
                                    .key_count = KEYS,
                                    .anchors = anchors,
                                    .anchor_count = sizeof anchors / sizeof *anchors};
    vpi_arena_init(&arena, 0);
    ck_assert_int_eq(vpi_write(&arena, &content, &bytes, NULL), VP_OK);
    ck_assert_int_eq(vp_db_open_memory(bytes.data, bytes.len, NULL, &db, NULL), VP_OK);
    vpi_arena_done(&arena);
    return db;
}

static const char name[] = "AO Kaspersky Lab", number[] = "1027739867473";

static void world_make(void)
{
    if (world.db)
        return;
    world.root =
        party_new((struct party_how){.organization = "Root", .authority = true, .from = 2005});
    world.stamp_root = party_new(
        (struct party_how){.organization = "Stamp Root", .authority = true, .from = 2005});
    world.old_root = party_new((struct party_how){
        .organization = "Old Root", .authority = true, .rsa = 1024, .from = 2005});
    world.unknown_root = party_new((struct party_how){.organization = "Root", .authority = true});
    world.kaspersky = party_new((struct party_how){.organization = name,
                                                   .registration = number,
                                                   .issuer = &world.root,
                                                   .usages = "codeSigning"});
    world.example = party_new((struct party_how){
        .organization = "Example GmbH", .issuer = &world.root, .usages = "codeSigning"});
    world.store = party_new((struct party_how){
        .organization = "Store", .issuer = &world.root, .usages = "codeSigning"});
    world.distrusted = party_new((struct party_how){.organization = name,
                                                    .registration = number,
                                                    .issuer = &world.root,
                                                    .usages = "codeSigning"});
    world.stamper = party_new((struct party_how){.organization = "Stamper",
                                                 .issuer = &world.stamp_root,
                                                 .usages = "critical,timeStamping",
                                                 .from = 2005});
    world.unknown_stamper = party_new((struct party_how){.organization = "Stamper",
                                                         .issuer = &world.unknown_root,
                                                         .usages = "critical,timeStamping"});
    world.distrusted_authority = party_new((struct party_how){
        .organization = "Middle", .issuer = &world.root, .authority = true, .from = 2005});
    world.distrusted_stamper = party_new((struct party_how){.organization = "Stamper",
                                                            .issuer = &world.stamp_root,
                                                            .usages = "critical,timeStamping",
                                                            .from = 2005});
    world.forger = party_new(
        (struct party_how){.organization = name, .registration = number, .usages = "codeSigning"});
    target_init(&world.target, 0);
    world.db = make_db();
}

static void world_free(void)
{
    struct party *all[] = {&world.root,
                           &world.stamp_root,
                           &world.unknown_root,
                           &world.kaspersky,
                           &world.example,
                           &world.store,
                           &world.stamper,
                           &world.forger,
                           &world.unknown_stamper,
                           &world.distrusted,
                           &world.old_root,
                           &world.distrusted_authority,
                           &world.distrusted_stamper};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        party_free(all[i]);
    pe_build_done(&world.target.pe);
    vp_db_unref(world.db);
}

#endif
