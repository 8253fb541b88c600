// Package paper begins documents that are printed or kept: A4, in letters that travel
// inside of the program, the same bytes for the same text on every machine.
//
// It must not know what a document says.
package paper

import (
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// Measures of a page, in millimetres.
const (
	Margin    = 20.0
	Bottom    = 28.0
	TextWidth = 210.0 - 2*Margin
)

// Font names the Go fonts, which have the letters of all Europe in them. Their style is
// "" or "B".
const Font = "go"

// About is what a document says of itself to a program.
type About struct {
	Title    string
	Author   string
	Language string    // such as sv
	Made     time.Time // stands in the file in the place of the time of the machine
}

// Open begins a document without a page.
func Open(a About) *fpdf.Fpdf {
	f := fpdf.New("P", "mm", "A4", "")
	f.AddUTF8FontFromBytes(Font, "", goregular.TTF)
	f.AddUTF8FontFromBytes(Font, "B", gobold.TTF)
	f.SetCreationDate(a.Made)
	f.SetModificationDate(a.Made)
	f.SetCatalogSort(true)
	f.SetLang(a.Language)
	f.SetTitle(a.Title, true)
	f.SetAuthor(a.Author, true)
	f.SetMargins(Margin, Margin, Margin)
	f.SetAutoPageBreak(true, Bottom)
	return f
}
