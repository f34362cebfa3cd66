/* answer.h - what a file with a forged signature is said to be, and whether that is a claim */
#ifndef TESTS_TRUST_ANSWER_H
#define TESTS_TRUST_ANSWER_H

#include "world.h"

/* What one file is said to be. */
struct answer {
    unsigned states[4]; /* of its signatures */
    uint32_t signatures;
    enum vp_relation kaspersky, example; /* 0: no finding */
    enum vp_level level;                 /* of the former */
    unsigned notes;                      /* bits 1 << code */
    uint64_t time;
};

static inline struct vp_result *examine_with(struct span file, struct vp_session_options options)
{
    struct vp_session *session = NULL;
    struct vp_result *result = NULL;
    options.size = sizeof options;
    ck_assert_int_eq(vp_session_new(world.db, &options, &session, NULL), VP_OK);
    ck_assert_int_eq(vp_examine_memory(session, file.data, file.len, "x.exe", &result, NULL),
                     VP_OK);
    vp_session_free(session);
    return result;
}

static inline struct answer answer_of(struct vp_result *result)
{
    struct answer answer = {.time = VP_NONE};
    struct vp_signature signature = {.size = sizeof signature};
    struct vp_finding finding = {.size = sizeof finding};
    struct vp_note note = {.size = sizeof note};
    for (uint32_t i = 0; vp_result_signature(result, i, &signature) == VP_OK; i++) {
        answer.signatures++;
        if (i < 4)
            answer.states[i] = signature.states;
        if (i == 0)
            answer.time = signature.time;
    }
    for (uint32_t i = 0; vp_result_finding(result, i, &finding) == VP_OK; i++) {
        ck_assert_str_ne(finding.vendor_id, "store");
        if (strcmp(finding.vendor_id, "kaspersky") == 0) {
            answer.kaspersky = finding.relation;
            answer.level = finding.level;
        } else {
            answer.example = finding.relation;
        }
    }
    for (uint32_t i = 0; vp_result_note(result, i, &note) == VP_OK; i++)
        answer.notes |= 1u << note.code;
    vp_result_unref(result);
    return answer;
}

/* Takes the file. */
static inline struct answer examine(struct span file)
{
    struct answer answer = answer_of(examine_with(file, (struct vp_session_options){0}));
    exact_free(file);
    return answer;
}

/* Which digest of the target it says to sign. */
static inline size_t target_row(const struct forgery *f)
{
    enum digest_algorithm digest = f->file_digest_is ? f->file_digest_is : f->digest;
    return digest == DIGEST_SHA1 ? 0 : digest == DIGEST_MD5 ? 2 : 1;
}

static inline struct answer examine_forgery(struct forgery f)
{
    f.file_digest = f.file_digest ? f.file_digest : world.target.digests[target_row(&f)];
    struct span blob = forge(&f);
    struct answer answer = examine(target_signed(&world.target, blob, 0));
    exact_free(blob);
    return answer;
}

static inline void is_signer(struct answer answer)
{
    ck_assert(answer.states[0] & VP_SIGNATURE_BELIEVED);
    ck_assert_int_eq(answer.kaspersky, VP_RELATION_SIGNER);
    ck_assert_int_eq(answer.level, VP_LEVEL_IDENTIFIED);
}

/* The name is there, as a claim; these states are wrong, all the other good ones are right. */
static inline void is_claim(struct answer answer, unsigned missing, unsigned bad,
                            enum vp_note_code code)
{
    const unsigned good = VP_SIGNATURE_CHECKED | VP_SIGNATURE_DIGEST_MATCHES |
                          VP_SIGNATURE_VERIFIES | VP_SIGNATURE_ANCHORED | VP_SIGNATURE_TIMELY |
                          VP_SIGNATURE_CODE_SIGNING;
    ck_assert_int_eq(answer.kaspersky, VP_RELATION_CLAIM);
    ck_assert_int_eq(answer.level, VP_LEVEL_POSSIBLE);
    ck_assert(!(answer.states[0] & VP_SIGNATURE_BELIEVED));
    ck_assert_msg((answer.states[0] & good) == (good & ~missing), "states are %#x",
                  answer.states[0]);
    ck_assert_uint_eq(answer.states[0] & bad, bad);
    if (code)
        ck_assert(answer.notes >> code & 1);
}

#define AFTER_VERIFIES (VP_SIGNATURE_ANCHORED | VP_SIGNATURE_TIMELY | VP_SIGNATURE_CODE_SIGNING)

static inline struct forgery genuine(void)
{
    return (struct forgery){.signer = &world.kaspersky,
                            .enclosed = {&world.kaspersky, &world.root}};
}

#endif
