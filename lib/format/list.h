/* list.h - the formats that have a reader, tried in this order
 *
 *     FORMAT(name, "starts")    needs  bool vpi_NAME_probe(struct span head)
 *                               and    void vpi_NAME_read(struct image *image, struct source *src)
 *
 * starts are all bytes with which such a file may begin; a stream that is packed is decoded no
 * further for any other.  probe sees the first SOURCE_HEAD bytes (fewer for a shorter object) and
 * says whether the reader should try; when the reader then leaves image->format at VP_FORMAT_OTHER,
 * the object is no file of that format.  read never fails: what it can't read becomes a note or a
 * gap. */
FORMAT(pe, "M")
FORMAT(macho, "\xca\xfe\xce\xcf")
FORMAT(elf, "\x7f")
FORMAT(dex, "d")
FORMAT(java_class, "\xca")
FORMAT(compound, "\xd0")
FORMAT(cab, "M")
FORMAT(msix, "P")
FORMAT(catalog, "0")
FORMAT(rpm, "\xed")
FORMAT(deb, "!")
/* blanks and a byte order mark may stand before ; and [ */
FORMAT(inf, ";[\xef\xff \0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17"
            "\20\21\22\23\24\25\26\27\30\31\32\33\34\35\36\37")
