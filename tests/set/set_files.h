/* set_files.h - a small set in memory */
#include <string.h>

#include "set/compile.h"
#include "set/load.h"

struct set_file {
    const char *path, *text;
};

#define SET_HEAD "serial: \"7\"\ndate: \"2026-11-22\"\nlicense: Apache-2.0\n"
#define NAME_END "    confidence: high\n    source: a book\n"

static const struct set_file set_files[] = {
    {"set.yaml", SET_HEAD},
    {"vendors/acme.yaml", "id: acme\n"
                          "type: vendor\n"
                          "name: Acme Ltd\n"
                          "names:\n"
                          "  - value: Acme\n"
                          "    type: brand\n"
                          "    kinds: [company-name, product-name]\n" NAME_END
                          "  - value: \"Acme™ (Road) Runner Supplies Company Limited\"\n"
                          "    type: legal\n"
                          "    from: \"1949-09\"\n"
                          "    kinds: [company-name]\n" NAME_END "gates:\n"
                          "  program:\n"
                          "    format: [pe32, pe32-plus]\n"
                          "    role: [program]\n"
                          "    size: 100-200\n"
                          "    prefix: 4d5a\n"
                          "    requires: acme\n"
                          "    source: a book\n"
                          "keys:\n"
                          "  - kind: file-md5\n"
                          "    value: 00112233445566778899aabbccddeeff\n"
                          "    gate: program\n"
                          "    size: \"150\"\n"
                          "    version: \"1.0\"\n"
                          "    file: anvil.exe\n"
                          "    date: \"1950\"\n" NAME_END "  - kind: file-name\n"
                          "    value: Anvil#.EXE\n" NAME_END},
    {"products/acme/anvil.yaml", "id: acme/anvil\n"
                                 "vendor: acme\n"
                                 "name: Anvil\n"
                                 "keys:\n"
                                 "  - kind: imphash\n"
                                 "    value: ffeeddccbbaa99887766554433221100\n" NAME_END},
    {"vendors/zlib.yaml", "id: zlib\n"
                          "type: origin\n"
                          "name: zlib\n"
                          "signs-for-others: \"yes\"\n"
                          "status: deprecated\n"
                          "keys:\n"
                          "  - kind: export-set\n"
                          "    value: ffeeddccbbaa99887766554433221100\n" NAME_END},
    {"hashes/acme.csv",
     "kind,value,size,product,version,file,gate,confidence,date,source\n"
     "file-sha1,000102030405060708090a0b0c0d0e0f10111213,,acme/anvil,2,\"a,b.exe\",program,low,"
     "2026-01-02,\"a \"\"list\"\"\"\r\n"
     "file-sha1,000102030405060708090a0b0c0d0e0f10111214,7,acme,,,,medium,,a list\n"},
    {"policies/us-b.yaml", "id: us-b\n"
                           "title: B\n"
                           "basis: Act B\n"
                           "since: \"2020-01-01\"\n"
                           "source: a law\n"
                           "rules:\n"
                           "  - subject: acme/anvil\n"
                           "    relations: [publisher, builder]\n"
                           "    levels: [identified]\n"
                           "    answer: covered\n"
                           "    why: it says so\n"
                           "    source: a law\n"},
    {"policies/us-a.yaml", "id: us-a\n"
                           "title: A\n"
                           "basis: Act A\n"
                           "since: \"2020-01-01\"\n"
                           "source: a law\n"
                           "rules:\n"
                           "  - subject: acme\n"
                           "    answer: needs-human\n"
                           "    why: nobody knows\n"
                           "    source: a law\n"},
    {"gates.yaml", "gates:\n"
                   "  library:\n"
                   "    role: [library]\n"
                   "    source: a book\n"},
    {"vendors/stubs.csv", "id,type,name,status,signs-for-others,source\n"
                          "bolt,vendor,\"Bolt, Inc.\",,,a list\n"
                          "list,origin,The list,active,no,a list\n"},
    {"keys/bulk.csv",
     "kind,value,subject,relation,gate,size,version,file,confidence,date,source\n"
     "authenticode-sha1,ff0102030405060708090a0b0c0d0e0f10111213,bolt,claim,library,9,3,b.dll,"
     "medium,2020,a list\n"
     "certificate-sha1,ff0102030405060708090a0b0c0d0e0f10111213,bolt,,,,,,high,,"
     "a list\n"
     "minifilter,boltflt,list,,,,,,low,,a list\n"
     "company-name,Bolt Works,bolt,,,,,,medium,,a list\n"},
    {"calibration.csv", "kind,relation,right,wrong,source\ncompany-name,claim,90,10,a run\n"},
};

enum { SET_FILES = sizeof set_files / sizeof *set_files };

/* Reads the files, first to last or last to first, with that at `replaced` (or -1) given instead.
 */
static inline struct vp_set *set_read(size_t memory, bool backwards, int replaced,
                                      struct span bytes)
{
    struct vp_set *set = vpi_set_new(memory);
    for (int i = 0; set && i < SET_FILES; i++) {
        int at = backwards ? SET_FILES - 1 - i : i;
        vpi_set_read_file(set, set_files[at].path,
                          at == replaced ? bytes : span_text(set_files[at].text));
    }
    if (set)
        vpi_set_finish(set);
    return set;
}
