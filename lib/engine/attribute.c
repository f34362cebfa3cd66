/* attribute.c - what the file system keeps beside a file: security.ima (Linux, integrity subsystem)
 *
 * Only of files whose format is known: the call costs as much as all else that is done for others.
 */
#include "engine/engine.h"

enum { ATTRIBUTE_MOST = 4096 };

void vpi_attributes_read(struct examination *x)
{
    uint8_t buffer[ATTRIBUTE_MOST];
    struct image *image = &x->image;
    if (image->format == VP_FORMAT_OTHER || !x->src.attribute)
        return;
    int64_t len = x->src.attribute(x->src.context, "security.ima", buffer, sizeof buffer);
    if (len <= 0 || (size_t)len > sizeof buffer)
        return;
    uint8_t *copy = vpi_arena_bytes(&x->arena, (size_t)len);
    struct image_blob *blob = copy ? vpi_image_blob(image) : NULL;
    if (!blob)
        return;
    memcpy(copy, buffer, (size_t)len);
    blob->type = BLOB_IMA;
    blob->off = VP_NONE;
    blob->len = (uint64_t)len;
    blob->bytes = span_of(copy, (size_t)len);
}
