module gomacho

go 1.21

require github.com/blacktop/go-macho v1.1.200

require github.com/blacktop/go-dwarf v1.0.10 // indirect
