package letter

import (
	"fmt"
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"rsc.io/qr"

	"github.com/skuld-registry/skuld/api/paper"
)

// Measures of a page, in millimetres, with the address where a window envelope shows it
// (SS 61 40 10, DL with the window to the right).
const (
	windowLeft = 110.0
	windowTop  = 42.0
	bodyTop    = 92.0
	lineHeight = 5.6
	blockGap   = 2.8
	qrSide     = 26.0
	valueWidth = 46.0
	sizeBody   = 11.0
	sizeTitle  = 17.0
	sizeFooter = 9.0
)

// PDF writes the letter for a printer, the same bytes for the same letter.
func (l *Letter) PDF(to io.Writer) error {
	f := paper.Open(paper.About{Title: l.Title, Author: l.From.Name, Language: string(l.Language), Made: l.made()})
	f.SetFooterFunc(func() { l.footer(f) })
	f.AddPage()
	l.head(f)
	for _, b := range l.Blocks {
		l.block(f, b)
	}
	if err := l.code(f); err != nil {
		return err
	}
	if err := f.Output(to); err != nil {
		return fmt.Errorf("writing a letter as PDF: %w", err)
	}
	return nil
}

// made is the moment that the file names: noon of the letter's day.
func (l *Letter) made() time.Time {
	year, month, day := l.On.Civil()
	return time.Date(year, month, day, 12, 0, 0, 0, time.UTC)
}

func (l *Letter) head(f *fpdf.Fpdf) {
	f.SetFont(paper.Font, "B", sizeBody)
	f.MultiCell(windowLeft-paper.Margin, lineHeight, l.From.Name, "", "L", false)
	f.SetFont(paper.Font, "", sizeFooter)
	f.MultiCell(windowLeft-paper.Margin, lineHeight-1, oneLine(l.From.Address), "", "L", false)
	f.SetFont(paper.Font, "", sizeBody)
	f.SetXY(windowLeft, paper.Margin)
	f.MultiCell(0, lineHeight, l.Language.Date(l.On), "", "L", false)
	f.SetXY(windowLeft, windowTop)
	f.MultiCell(0, lineHeight, l.To.Name, "", "L", false)
	for _, line := range l.To.Lines {
		f.SetX(windowLeft)
		f.MultiCell(0, lineHeight, line, "", "L", false)
	}
	f.SetXY(paper.Margin, bodyTop)
	f.SetFont(paper.Font, "B", sizeTitle)
	f.MultiCell(paper.TextWidth, lineHeight+2, l.Title, "", "L", false)
}

func (l *Letter) block(f *fpdf.Fpdf, b Block) {
	f.Ln(blockGap)
	if len(b.Rows) == 0 {
		f.SetFont(paper.Font, "", sizeBody)
		f.MultiCell(paper.TextWidth, lineHeight, b.Text, "", "L", false)
		return
	}
	f.SetFont(paper.Font, "B", sizeBody)
	f.MultiCell(paper.TextWidth, lineHeight, b.Text, "", "L", false)
	for _, r := range b.Rows {
		style := ""
		if r.Strong {
			style = "B"
		}
		f.SetFont(paper.Font, style, sizeBody)
		lines := f.SplitText(r.Label, paper.TextWidth-valueWidth)
		for i, line := range lines {
			value := ""
			if i == len(lines)-1 {
				value = r.Value
			}
			f.CellFormat(paper.TextWidth-valueWidth, lineHeight, line, "", 0, "L", false, 0, "")
			f.CellFormat(valueWidth, lineHeight, value, "", 1, "R", false, 0, "")
		}
	}
}

// code draws the QR code of the note's page, with the address in letters beside it.
func (l *Letter) code(f *fpdf.Fpdf) error {
	code, err := qr.Encode(l.Link, qr.Q)
	if err != nil {
		return fmt.Errorf("making the QR code of a letter: %w", err)
	}
	_, height := f.GetPageSize()
	f.Ln(2 * blockGap)
	if f.GetY()+qrSide > height-paper.Bottom {
		f.AddPage()
	}
	x, y := f.GetXY()
	side := qrSide / float64(code.Size)
	for row := range code.Size {
		for column := range code.Size {
			if code.Black(column, row) {
				f.Rect(x+float64(column)*side, y+float64(row)*side, side, side, "F")
			}
		}
	}
	f.LinkString(x, y, qrSide, qrSide, l.Link)
	f.SetXY(x+qrSide+2*blockGap, y)
	f.SetFont(paper.Font, "", sizeBody)
	f.MultiCell(paper.TextWidth-qrSide-2*blockGap, lineHeight, l.Link, "", "L", false)
	return nil
}

func (l *Letter) footer(f *fpdf.Fpdf) {
	f.SetY(-paper.Bottom + 2*lineHeight)
	f.SetFont(paper.Font, "", sizeFooter)
	f.MultiCell(paper.TextWidth, lineHeight-1, l.From.Name+" · "+oneLine(l.From.Address)+" · "+l.From.Phone, "", "C", false)
}
