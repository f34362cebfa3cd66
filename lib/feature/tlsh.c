/* tlsh.c - TLSH with 128 buckets and a checksum of one byte, in the text form "T1"
 *
 * Jonathan Oliver, Chun Cheng and Yanggui Chen, "TLSH - A Locality Sensitive Hash" (CTC 2013), by
 * Trend Micro's TLSH 4.5.0 (https://github.com/trendmicro/tlsh), whose tables these are.  A window
 * of five bytes slides over the input; six triplets of it, and Pearson's hash, count in buckets.
 * Then each bucket is a number of two bits: in which quarter of the sorted counts it is.
 */
#include "feature/tlsh.h"

#include <stdlib.h>

enum { LEN_LEAST = 50, CODE_LEN = TLSH_BUCKETS / 4 };

/* Pearson's table. */
static const uint8_t table[256] = {
    1,   87,  49,  12,  176, 178, 102, 166, 121, 193, 6,   84,  249, 230, 44,  163, 14,  197, 213,
    181, 161, 85,  218, 80,  64,  239, 24,  226, 236, 142, 38,  200, 110, 177, 104, 103, 141, 253,
    255, 50,  77,  101, 81,  18,  45,  96,  31,  222, 25,  107, 190, 70,  86,  237, 240, 34,  72,
    242, 20,  214, 244, 227, 149, 235, 97,  234, 57,  22,  60,  250, 82,  175, 208, 5,   127, 199,
    111, 62,  135, 248, 174, 169, 211, 58,  66,  154, 106, 195, 245, 171, 17,  187, 182, 179, 0,
    243, 132, 56,  148, 75,  128, 133, 158, 100, 130, 126, 91,  13,  153, 246, 216, 219, 119, 68,
    223, 78,  83,  88,  201, 99,  122, 11,  92,  32,  136, 114, 52,  10,  138, 30,  48,  183, 156,
    35,  61,  26,  143, 74,  251, 94,  129, 162, 63,  152, 170, 7,   115, 167, 241, 206, 3,   150,
    55,  59,  151, 220, 90,  53,  23,  131, 125, 173, 15,  238, 79,  95,  89,  16,  105, 137, 225,
    224, 217, 160, 37,  123, 118, 73,  2,   157, 46,  116, 9,   145, 134, 228, 207, 212, 202, 215,
    69,  229, 27,  188, 67,  124, 168, 252, 42,  4,   29,  108, 21,  247, 19,  205, 39,  203, 233,
    40,  186, 147, 198, 192, 155, 33,  164, 191, 98,  204, 165, 180, 117, 76,  140, 36,  210, 172,
    41,  54,  159, 8,   185, 232, 113, 196, 231, 47,  146, 120, 51,  65,  28,  144, 254, 221, 93,
    189, 194, 139, 112, 43,  71,  109, 184, 209,
};

/* Lengths up to which a length has the number of the place: it grows by the half, later by 30 and
 * 10 percent. */
static const uint32_t lengths[] = {
    1,          2,          3,          5,          7,          11,         17,         25,
    38,         57,         86,         129,        194,        291,        437,        656,
    854,        1110,       1443,       1876,       2439,       3171,       3475,       3823,
    4205,       4626,       5088,       5597,       6157,       6772,       7450,       8195,
    9014,       9916,       10907,      11998,      13198,      14518,      15970,      17567,
    19323,      21256,      23382,      25720,      28292,      31121,      34233,      37656,
    41422,      45564,      50121,      55133,      60646,      66711,      73382,      80721,
    88793,      97672,      107439,     118183,     130002,     143002,     157302,     173032,
    190335,     209369,     230306,     253337,     278670,     306538,     337191,     370911,
    408002,     448802,     493682,     543050,     597356,     657091,     722800,     795081,
    874589,     962048,     1058252,    1164078,    1280486,    1408534,    1549388,    1704327,
    1874759,    2062236,    2268459,    2495305,    2744836,    3019320,    3321252,    3653374,
    4018711,    4420582,    4862641,    5348905,    5883796,    6472176,    7119394,    7831333,
    8614467,    9475909,    10423501,   11465851,   12612437,   13873681,   15261050,   16787154,
    18465870,   20312458,   22343706,   24578077,   27035886,   29739474,   32713425,   35984770,
    39583245,   43541573,   47895730,   52685306,   57953837,   63749221,   70124148,   77136564,
    84850228,   93335252,   102668779,  112935659,  124229227,  136652151,  150317384,  165349128,
    181884040,  200072456,  220079703,  242087671,  266296456,  292926096,  322218735,  354440623,
    389884688,  428873168,  471760495,  518936559,  570830240,  627913311,  690704607,  759775136,
    835752671,  919327967,  1011260767, 1112386880, 1223623232, 1345985727, 1480584256, 1628642751,
    1791507135, 1970657856, 2167723648, 2384496256, 2622945920, 2885240448, 3173764736, 3491141248,
    3840255616, 4224281216,
};

static uint8_t pearson(uint8_t salt, uint8_t a, uint8_t b, uint8_t c)
{
    return table[table[table[salt ^ a] ^ b] ^ c];
}

void vpi_tlsh_add(struct tlsh *tlsh, struct span bytes)
{
    uint8_t *w = tlsh->window;
    for (size_t i = 0; i < bytes.len; i++) {
        w[4] = w[3];
        w[3] = w[2];
        w[2] = w[1];
        w[1] = w[0];
        w[0] = bytes.data[i];
        if (++tlsh->len < TLSH_WINDOW)
            continue;
        /* The salts are Pearson's hashes of 0, 2, 3, 5, 7, 11 and 13. */
        tlsh->checksum = pearson(1, w[0], w[1], tlsh->checksum);
        tlsh->buckets[pearson(49, w[0], w[1], w[2])]++;
        tlsh->buckets[pearson(12, w[0], w[1], w[3])]++;
        tlsh->buckets[pearson(178, w[0], w[2], w[3])]++;
        tlsh->buckets[pearson(166, w[0], w[2], w[4])]++;
        tlsh->buckets[pearson(84, w[0], w[1], w[4])]++;
        tlsh->buckets[pearson(230, w[0], w[3], w[4])]++;
    }
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static unsigned length_number(uint64_t len)
{
    unsigned i = 0;
    while (i + 1 < sizeof lengths / sizeof *lengths && len > lengths[i])
        i++;
    return i;
}

static unsigned quarter(uint32_t count, const uint32_t *sorted)
{
    return count > sorted[95] ? 3 : count > sorted[63] ? 2 : count > sorted[31] ? 1 : 0;
}

/* In single precision, as the original. */
static unsigned ratio(uint32_t part, uint32_t whole)
{
    return (unsigned)((float)(part * 100) / (float)whole) % 16;
}

/* The halves of a byte of the header stand the other way round in the text. */
static char *put(char *to, unsigned byte, bool turned)
{
    unsigned high = byte >> 4 & 15, low = byte & 15;
    *to++ = "0123456789abcdef"[turned ? low : high];
    *to++ = "0123456789abcdef"[turned ? high : low];
    return to;
}

bool vpi_tlsh_end(const struct tlsh *tlsh, char ret[TLSH_TEXT])
{
    uint32_t sorted[TLSH_BUCKETS];
    unsigned used = 0;
    for (size_t i = 0; i < TLSH_BUCKETS; i++) {
        sorted[i] = tlsh->buckets[i];
        used += sorted[i] > 0;
    }
    qsort(sorted, TLSH_BUCKETS, sizeof *sorted, by_value);
    if (tlsh->len < LEN_LEAST || sorted[95] == 0 || used <= TLSH_BUCKETS / 2)
        return false;
    char *to = ret;
    *to++ = 't';
    *to++ = '1';
    to = put(to, tlsh->checksum, true);
    to = put(to, length_number(tlsh->len), true);
    to = put(to, ratio(sorted[63], sorted[95]) << 4 | ratio(sorted[31], sorted[95]), true);
    for (size_t i = CODE_LEN; i-- > 0;) {
        unsigned code = 0;
        for (size_t k = 4; k-- > 0;)
            code = code << 2 | quarter(tlsh->buckets[4 * i + k], sorted);
        to = put(to, code, false);
    }
    *to = 0;
    return true;
}
