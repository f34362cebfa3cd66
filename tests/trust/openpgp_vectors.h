/* openpgp_vectors.h - keys and detached signatures that GnuPG 2.2 made over "content of a file\n"
 */
#ifndef TESTS_TRUST_OPENPGP_VECTORS_H
#define TESTS_TRUST_OPENPGP_VECTORS_H

#define VECTOR_CONTENT "content of a file\n"

/* The body of the public-key packet and all of the signature, in base64. */
static const struct vector {
    const char *name, *fingerprint, *key, *signature;
} vectors[] = {
    {"rsa", "a9be82884720c75e6c6c0ccdb9661871d2b792bd",
     "BGsCdgcBCADX01fpn7HbiLJSyjPKF2k6X/LIJtHG2mjAfmIEnwHne+Xmj2eC441XPrt8ljeLJCDHv8f/A/X8"
     "u9YMZwQvgwI+hgjHJGZLN6xlmDgZPj0p27G8bb38Il6yRvIBZ/ijUD/tCtuiBs1Xovk1TiknewC3H8ogC/L+"
     "ittJlmy3DavbzOn/8wPMZYEWKhFxeA6vbD0QaIDFJOsKI8rQtUKmDjO+b7QSkzqniG8F9kPzA/WfZ069hIEF"
     "lcdlIgjZ9KfccPxPY5b5KaSn8Wx9StQB3fHHN9aE5gBCTBvKzDAr13adKs15QhTg7p2HL4XVVl9U8zQh+3FG"
     "KDy2vNvZoKuCbDEbABEBAAE=",
     "iQEzBAABCAAdFiEEqb6CiEcgx15sbAzNuWYYcdK3kr0FAmsCdgcACgkQuWYYcdK3kr1W7gf/YKRF34s/aakj"
     "vx7hjVcadoJ/fOnkk0RtnNGyPBhTHX4XGHmHZ9F8ZGp11a+GE/410GFLdTu1AWzIrw7NNclt7SKqS4I+/ePz"
     "7ClYtkNLNv+w8VeQprDV734+o+4NMdoC/GwagovZu+mb3295kxpT77PeDlHIn4Drr27agV34+WznW5VduWZF"
     "t5duAXT4nb/ETcwSeumz7/fb9ffYs2ouvPiIFfQpRJ/aCkK9SbrO7hWsUiBctrmuOtZtMsAz6kiq9D399H9e"
     "CHdDNr7cdp4QX9pB8TO5CYQibW/p8Yd9StmbYLZZhEUyDmH64j3lexaREycibouq5D08IIlyzZuacA=="},
    {"dsa", "0275c59a772a93f08fd938bd011bfe362cc84085",
     "BGsCdgcRBACLOxlNozc3BwfK0322LBNUdfYtyfas7NlKh29nhwM7ghlkQexz8ZuKwj1CXuUQla5REpgbnS4A"
     "JOGJIDm2ch5AI65FfgrGKK6thDx8HQzs/gZ9p0PmnNf+79Dq5VOsJOBfedVdhVWJ5nypZbkZHkR6xZ/4IauR"
     "UcMTnqAUE/SoPwCgr3Vl+6gG6qyUve6mNVCW1d1/wTkD/RU0kBRmi0nEKqJDR0yQGxr0Dnt0vxJNHZTOnCfg"
     "t/F2ea8yxdSdhXpDbeNRdG9xRgURlci3Kw4iJFgfa1OCfEdbBoNNn5qEI9cRyg9eZUdwxjOmfKZle0QqywFo"
     "pno3tObymyl4fIJQPtOkWArREVoboFJShBuy7ap+xTGCh0IMA/9ZSMBbF0d75U/TZ7qZnOqo+tJ3pW+hqwyK"
     "BAPGppMKOCb0PWP1WBcG4o6eigYyr2zZeUeX9YBjPyWzqXC8FtVShlW5QGZXzbit52wO1YKIQwENJAhmyD0Y"
     "Qpj3d1bINffeNoim7YWwXtFyeEyGujZ7RRmOI40nduoVlOqXV5xjRQ==",
     "iF0EABEIAB0WIQQCdcWadyqT8I/ZOL0BG/42LMhAhQUCawJ2BwAKCRABG/42LMhAhfCgAJ9JFnlIC8AXkcld"
     "tBTETSLfYdjxYgCfWHSh/q68cN4d9LBlNP4fFoNzZ30="},
    {"p256", "7b034c8d8870736a7e531dab9a8089548cb85be9",
     "BGsCdgcTCCqGSM49AwEHAgMEsxncFbSFPAo62v1tK0qEDcoS3zghsYEobbXKZxUWNFRWBp4UtsShPtsmFhY+"
     "epItI1jgHUeMcHWD8M30DJSCbw==",
     "iHUEABMIAB0WIQR7A0yNiHBzan5THauagIlUjLhb6QUCawJ2BwAKCRCagIlUjLhb6TkEAPwPrZhFXWOWudPy"
     "UV6LI1ujK6c1cLTYg+ZI2QLGJYQ6HQD/YiP5jpttwAejMGT1xqMltK32FAyjtZJz6RZ+p2DirfY="},
    {"ed", "0668ac3fb4012f354b1f4f38beaae392274687a7",
     "BGsCdgcWCSsGAQQB2kcPAQEHQNv5O1NV/Zvv0cj9cwUXF24h9B0oxkiodO7Cb2Q5sMaJ",
     "iHUEABYIAB0WIQQGaKw/tAEvNUsfTzi+quOSJ0aHpwUCawJ2BwAKCRC+quOSJ0aHp5VAAPwKimXK9aSe61i/"
     "qsOKthsPkWeFtFIE/pQDOmqxMbfXwwD9E39Ogw1p2mtsgJj/S1avNQc7DoAelrMwAgJoBw/lhQg="},
};

enum { VECTORS = sizeof vectors / sizeof *vectors };

#endif
