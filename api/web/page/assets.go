package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed static
var static embed.FS

// StaticPath is the folder of the assets in the pages' addresses.
const StaticPath = "/static/"

// Asset is a file that pages load.
type Asset struct {
	MediaType string
	Body      []byte
	Gzipped   []byte // the same, for those who take it so
}

// Assets are the files that pages load. The address of each has a part of its
// digest in it: a file is kept by browsers for as long as they want, and a new
// version is another file.
type Assets struct {
	byPath map[string]Asset  // by address
	paths  map[string]string // addresses by name
}

var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}

// digestPart is how many bytes of a file's digest stand in its address.
const digestPart = 8

func newAssets() *Assets { return &Assets{byPath: map[string]Asset{}, paths: map[string]string{}} }

// add adds the files of the folder static.
func (a *Assets) add(files fs.FS) error {
	entries, err := fs.ReadDir(files, "static")
	if err != nil {
		return fmt.Errorf("reading the assets of the pages: %w", err)
	}
	for _, e := range entries {
		body, err := fs.ReadFile(files, "static/"+e.Name())
		if err != nil {
			return fmt.Errorf("reading the assets of the pages: %w", err)
		}
		if _, twice := a.paths[e.Name()]; twice {
			return fmt.Errorf("reading the assets of the pages: two are called %s", e.Name())
		}
		sum := sha256.Sum256(body)
		extension := path.Ext(e.Name())
		address := StaticPath + strings.TrimSuffix(e.Name(), extension) + "." + hex.EncodeToString(sum[:digestPart]) + extension
		a.paths[e.Name()] = address
		a.byPath[address] = Asset{MediaType: mediaTypes[extension], Body: body, Gzipped: Gzip(body)}
	}
	return nil
}

// Find gives the asset of an address.
func (a *Assets) Find(address string) (Asset, bool) {
	found, ok := a.byPath[address]
	return found, ok
}

// Paths gives the addresses of all assets by their names.
func (a *Assets) Paths() map[string]string { return a.paths }

func (a *Assets) path(name string) (string, error) {
	address, ok := a.paths[name]
	if !ok {
		return "", fmt.Errorf("writing a page: there is no asset %q", name)
	}
	return address, nil
}

// Gzip compresses what is sent often.
func Gzip(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	// A buffer takes all that is written to it.
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}
