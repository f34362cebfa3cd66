/* xml.h - single values out of a small XML text, without a tree
 *
 * Enough for manifests that a packager wrote: names are looked for with or without a prefix, and
 * what stands in comments is skipped.  Spans point into the text.
 */
#ifndef VPI_FORMAT_XML_H
#define VPI_FORMAT_XML_H

#include "base/arena.h"

/* The first start tag of an element: what stands between its name and ">". */
bool vpi_xml_tag(struct span xml, const char *element, struct span *ret);

/* The value of an attribute in a start tag. */
bool vpi_xml_attribute(struct span tag, const char *name, struct span *ret);

/* What stands between the start tag of the first such element and its next end tag. */
bool vpi_xml_element(struct span xml, const char *element, struct span *ret);

/* The text without blanks at its ends, with its five named entities resolved; other references
 * stay as they are.  False: memory. */
bool vpi_xml_text(struct arena *arena, struct span value, struct span *ret);

#endif
