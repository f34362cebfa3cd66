/* kept_chain.c - answers of vpi_chain_build, by all that they depend on
 *
 * The files of a system are signed by few, and each brings the same certificates: building the
 * chains again was half of what verifying a signature takes.  The question is written down in full,
 * so that an answer is only ever given to the very same one: each certificate, whether it is an
 * anchor, and on which side of the ends of its validity the time lies, for an answer depends on
 * time by nothing else.
 */
#include <stdlib.h>

#include "crypto/kept.h"
#include "crypto/library.h"
#include "crypto/verify.h"

enum {
    QUESTION_MOST = 32 << 10,
    QUESTIONS_MOST = 4 << 20, /* bytes of all of them */
    CERTIFICATE_HEAD = 4,
    PATH_NONE = 0xff
};

struct answer {
    uint8_t path[CHAIN_MOST]; /* numbers of the certificates */
    size_t path_len;
    bool anchored, timely;
};

struct kept *vpi_kept_chains_new(void)
{
    return vpi_kept_new(QUESTIONS_MOST, free);
}

/* Before, at or after; false unless it is written as RFC 5280 demands, so that there are no two
 * ways to read it. */
static bool side_of(struct span written, int64_t time, unsigned *ret)
{
    enum { UTC_LEN = 13, GENERAL_LEN = 15 };
    int64_t value;
    if ((written.len != UTC_LEN && written.len != GENERAL_LEN) ||
        written.data[written.len - 1] != 'Z' || !vpi_der_time(written, &value))
        return false;
    *ret = value < time ? 0 : value == time ? 1 : 2;
    return true;
}

/* What a certificate adds to the question; false: it can't be part of one. */
static bool certificate_head(const struct chain_input *input, size_t i, uint8_t *head)
{
    const struct certificate *certificate = &input->certificates[i];
    unsigned begins, ends;
    if (certificate->whole.len > UINT16_MAX ||
        !side_of(certificate->not_before, input->time, &begins) ||
        !side_of(certificate->not_after, input->time, &ends))
        return false;
    head[0] = (uint8_t)(begins | ends << 2 | (input->trusted[i] ? 1u << 4 : 0));
    head[1] = &input->certificates[i] == input->leaf;
    head[2] = (uint8_t)(certificate->whole.len >> 8);
    head[3] = (uint8_t)certificate->whole.len;
    return true;
}

struct span vpi_kept_question(const struct chain_input *input)
{
    size_t len = 0;
    /* Anchors from elsewhere are the caller's, and as many as the caller likes. */
    if (input->extra_count || input->count >= PATH_NONE)
        return span_of(NULL, 0);
    for (size_t i = 0; i < input->count && len <= QUESTION_MOST; i++)
        len += CERTIFICATE_HEAD + input->certificates[i].whole.len;
    uint8_t *bytes = len && len <= QUESTION_MOST ? malloc(len) : NULL;
    uint8_t *at = bytes;
    for (size_t i = 0; bytes && i < input->count; i++) {
        struct span whole = input->certificates[i].whole;
        if (!certificate_head(input, i, at)) {
            free(bytes);
            return span_of(NULL, 0);
        }
        memcpy(at + CERTIFICATE_HEAD, whole.data, whole.len);
        at += CERTIFICATE_HEAD + whole.len;
    }
    return span_of(bytes, bytes ? len : 0);
}

bool vpi_kept_answer(struct crypto *crypto, struct span question, const struct chain_input *input,
                     struct chain *ret)
{
    const struct answer *answer =
        question.len ? vpi_kept_find(vpi_crypto_chains(crypto), question) : NULL;
    if (!answer)
        return false;
    *ret = (struct chain){
        .len = answer->path_len, .anchored = answer->anchored, .timely = answer->timely};
    for (size_t i = 0; i < answer->path_len; i++)
        ret->path[i] = &input->certificates[answer->path[i]];
    return true;
}

void vpi_kept_take(struct crypto *crypto, struct span question, const struct chain_input *input,
                   const struct chain *chain)
{
    struct answer *answer = question.len ? malloc(sizeof *answer) : NULL;
    if (!answer)
        return;
    *answer = (struct answer){
        .path_len = chain->len, .anchored = chain->anchored, .timely = chain->timely};
    for (size_t i = 0; i < chain->len; i++)
        answer->path[i] = (uint8_t)(chain->path[i] - input->certificates);
    vpi_kept_put(vpi_crypto_chains(crypto), question, answer);
}
