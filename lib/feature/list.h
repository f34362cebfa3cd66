/* list.h - every kind of feature, numbered for ever
 *
 *     KIND(number, NAME, "name", CLASS, FORM)
 *
 * Blocks: file digests 0x01xx, structure 0x02xx, signer 0x03xx, text 0x04xx, names 0x05xx,
 * likeness 0x06xx, containers 0x07xx, private 0x80xx.  CLASS says what a hit is worth
 * (lib/verdict), FORM how text becomes the canonical value (lib/feature/canonical.c;
 * docs/features.md):
 *
 *     HEX      digits to bytes, exactly the width given      TEXT   canonical form 1
 *     NAME     canonical form 1 of one name, no phrases      SIZED  16-byte XXH3-128 + 64-bit
 * length BYTES    as they are
 */
KIND(0x0101, FILE_SHA256, "file-sha256", EXACT, HEX(32))
KIND(0x0102, FILE_SHA1, "file-sha1", EXACT, HEX(20))
KIND(0x0103, FILE_MD5, "file-md5", EXACT, HEX(16))
KIND(0x0104, FILE_XXH3, "file-xxh3-128", NARROW, HEX(16))
KIND(0x0105, AUTHENTICODE_SHA256, "authenticode-sha256", EXACT, HEX(32))
KIND(0x0106, AUTHENTICODE_SHA1, "authenticode-sha1", EXACT, HEX(20))
KIND(0x0201, SECTION, "section", STRUCTURE, SIZED)
KIND(0x0202, IMPHASH, "imphash", STRUCTURE, HEX(16))
KIND(0x0203, DELAY_IMPHASH, "delay-imphash", STRUCTURE, HEX(16))
KIND(0x0204, RICH_HASH, "rich-hash", STRUCTURE, HEX(16))
KIND(0x0205, EXPORT_LIBRARY, "export-library", NAME, NAME)
KIND(0x0206, EXPORT_SET, "export-set", STRUCTURE, HEX(16))
KIND(0x0207, EXPORT, "export", STRUCTURE, BYTES)
KIND(0x0208, PDB_PATH, "pdb-path", STRUCTURE, NAME)
KIND(0x0209, PDB_ID, "pdb-id", STRUCTURE, HEX(20))
KIND(0x020a, MANIFEST_IDENTITY, "manifest-identity", NAME, NAME)
KIND(0x020b, ICON, "icon", STRUCTURE, SIZED)
KIND(0x020c, RESOURCE, "resource", STRUCTURE, SIZED)
KIND(0x020d, DOTNET_ASSEMBLY, "dotnet-assembly", NAME, NAME)
KIND(0x020e, DOTNET_MVID, "dotnet-mvid", STRUCTURE, HEX(16))
KIND(0x020f, DOTNET_PUBLIC_KEY_TOKEN, "dotnet-public-key-token", SIGNER, HEX(8))
KIND(0x0301, CERTIFICATE_SHA256, "certificate-sha256", SIGNER, HEX(32))
KIND(0x0302, CERTIFICATE_SHA1, "certificate-sha1", SIGNER, HEX(20))
KIND(0x0303, CERTIFICATE_TBS_SHA256, "certificate-tbs-sha256", SIGNER, HEX(32))
KIND(0x0304, CERTIFICATE_TBS_SHA1, "certificate-tbs-sha1", SIGNER, HEX(20))
KIND(0x0305, CERTIFICATE_SPKI_SHA256, "certificate-spki-sha256", SIGNER, HEX(32))
KIND(0x0306, CERTIFICATE_ISSUER_SERIAL, "certificate-issuer-serial", SIGNER, HEX(32))
KIND(0x0307, CERTIFICATE_O, "certificate-o", SIGNER, TEXT)
KIND(0x0308, CERTIFICATE_CN, "certificate-cn", SIGNER, TEXT)
KIND(0x0309, CERTIFICATE_REGISTRATION, "certificate-registration", SIGNER, NAME)
KIND(0x030a, OPUS_NAME, "opus-name", SIGNER, TEXT)
KIND(0x030b, OPUS_URL, "opus-url", SIGNER, NAME)
KIND(0x030c, CERTIFICATE_TBS, "certificate-tbs", SIGNER, ANYHEX)
KIND(0x0401, COMPANY_NAME, "company-name", TEXT, TEXT)
KIND(0x0402, PRODUCT_NAME, "product-name", TEXT, TEXT)
KIND(0x0403, FILE_DESCRIPTION, "file-description", TEXT, TEXT)
KIND(0x0404, LEGAL_COPYRIGHT, "legal-copyright", TEXT, TEXT)
KIND(0x0405, LEGAL_TRADEMARKS, "legal-trademarks", TEXT, TEXT)
KIND(0x0406, COMMENTS, "comments", TEXT, TEXT)
KIND(0x0407, INTERNAL_NAME, "internal-name", NAME, NAME)
KIND(0x0408, ORIGINAL_FILENAME, "original-filename", NAME, NAME)
KIND(0x0409, FILE_VERSION, "file-version", VERSION, NAME)
KIND(0x040a, PRODUCT_VERSION, "product-version", VERSION, NAME)
KIND(0x040b, FIXED_FILE_VERSION, "fixed-file-version", VERSION, NAME)
KIND(0x040c, FIXED_PRODUCT_VERSION, "fixed-product-version", VERSION, NAME)
KIND(0x040d, VERSION_OTHER, "version-other", TEXT, TEXT)
KIND(0x0501, FILE_NAME, "file-name", NAME, NAME)
KIND(0x0502, MINIFILTER, "minifilter", NAME, NAME)
KIND(0x0503, ALTITUDE, "altitude", NAME, NAME)
