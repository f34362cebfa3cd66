/* findings_csv.h - findings as CSV: a row each, and a row for a file without any */
#ifndef TOOLS_FINDINGS_CSV_H
#define TOOLS_FINDINGS_CSV_H

#include "report.h"

#define FINDINGS_COLUMNS                                                                           \
    "path,path_base64,status,outcome,complete,object,name,format,role,machine,"                    \
    "vendor_id,vendor,product_id,product,version,version_from,type,relation,level,reason,"         \
    "evidence,policy,answer,why"

void findings_csv(struct report *report, const struct item *item);

#endif
