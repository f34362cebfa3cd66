/* list.h - the formats that have a reader, tried in this order
 *
 *     FORMAT(name)    needs  bool vpi_NAME_probe(struct span head)
 *                     and    void vpi_NAME_read(struct image *image, struct source *src)
 *
 * probe sees the first SOURCE_HEAD bytes (fewer for a shorter object) and says whether the reader
 * should try; when the reader then leaves image->format at VP_FORMAT_OTHER, the object is no file
 * of that format.  read never fails: what it can't read becomes a note or a gap. */
FORMAT(pe)
FORMAT(macho)
FORMAT(elf)
FORMAT(dex)
FORMAT(java_class)
FORMAT(compound)
FORMAT(cab)
FORMAT(msix)
FORMAT(catalog)
FORMAT(rpm)
FORMAT(deb)
FORMAT(inf)
