// gomacho - what go-macho says of Mach-O slices, for crosscheck_macho.py
//
// Reads lines "offset TAB length TAB path", writes one JSON object for each.
package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	macho "github.com/blacktop/go-macho"
)

type directory struct {
	CDHash   string
	HashType uint8
	ID, Team string
}

type answer struct {
	Error       string
	UUID        string
	InstallName string
	Libraries   []string
	Directories []directory
	CMS         string
}

func describe(path string, off, length int64) (a answer) {
	defer func() {
		if r := recover(); r != nil {
			a = answer{Error: fmt.Sprint(r)}
		}
	}()
	file, err := os.Open(path)
	if err != nil {
		return answer{Error: err.Error()}
	}
	defer file.Close()
	slice := make([]byte, length)
	if _, err := io.ReadFull(io.NewSectionReader(file, off, length), slice); err != nil {
		return answer{Error: err.Error()}
	}
	m, err := macho.NewFile(bytes.NewReader(slice))
	if err != nil {
		return answer{Error: err.Error()}
	}
	if id := m.UUID(); id != nil {
		a.UUID = strings.ToLower(strings.ReplaceAll(id.String(), "-", ""))
	}
	if id := m.DylibID(); id != nil {
		a.InstallName = id.Name
	}
	a.Libraries = m.ImportedLibraries()
	if cs := m.CodeSignature(); cs != nil {
		for _, cd := range cs.CodeDirectories {
			a.Directories = append(a.Directories, directory{cd.CDHash, uint8(cd.Header.HashType), cd.ID, cd.TeamID})
		}
		a.CMS = hex.EncodeToString(cs.CMSSignature)
	}
	return a
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var off, length int64
		fields := strings.SplitN(lines.Text(), "\t", 3)
		fmt.Sscan(fields[0], &off)
		fmt.Sscan(fields[1], &length)
		if err := out.Encode(describe(fields[2], off, length)); err != nil {
			os.Exit(1)
		}
	}
}
