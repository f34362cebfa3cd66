/* error.h - how a function says what went wrong */
#ifndef VPI_BASE_ERROR_H
#define VPI_BASE_ERROR_H

#include "vendorprint/vendorprint.h"

/* Writes one line to `err` (may be NULL) and returns `status`:
 *     return vpi_fail(err, VP_E_DATABASE, "chunk %u overlaps the header", id); */
enum vp_status vpi_fail(struct vp_error *err, enum vp_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Like vpi_fail, but adds the words for the errno value `code`. */
enum vp_status vpi_fail_errno(struct vp_error *err, enum vp_status status, int code,
                              const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Copies as much of a caller's struct as both sides know: for structs that begin with their size.
 */
void vpi_struct_in(void *to, size_t to_len, const void *from);
void vpi_struct_out(void *to, const void *from, size_t from_len);

#endif
