package report

import (
	"fmt"
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"github.com/skuld-registry/skuld/api/paper"
)

// Document is a report in the words of one language, as it is printed.
type Document struct {
	Language string
	Title    string
	Author   string
	Made     time.Time
	Lead     []string
	Sections []Section
}

// Section is one table, with what is to be said before it.
type Section struct {
	Title   string
	Says    []string
	Columns []string
	Rows    [][]string
	Bars    []int // the values of a chart, -1 where there is none; nil without a chart
	Most    int   // the value at the top of the chart
}

// Measures of a printed report, in millimetres and points.
const (
	rowHeight   = 4.6
	gap         = 3.0
	sizeTitle   = 17.0
	sizeHeading = 12.0
	sizeText    = 9.0
	chartHeight = 22.0
	chartWidth  = 90.0
	barPart     = 0.78
	leastBar    = 0.5
	widest      = 60.0 // that a column can be
)

// PDF writes the report for a printer or for keeping, the same bytes for the same
// document.
func (d *Document) PDF(to io.Writer) error {
	f := paper.Open(paper.About{Title: d.Title, Author: d.Author, Language: d.Language, Made: d.Made})
	f.SetFooterFunc(func() {
		f.SetY(-paper.Margin)
		f.SetFont(paper.Font, "", sizeText)
		f.CellFormat(paper.TextWidth, rowHeight, fmt.Sprintf("%s · %s · %d", d.Author, d.Title, f.PageNo()), "", 0, "C", false, 0, "")
	})
	f.AddPage()
	write(f, "B", sizeTitle, d.Title)
	for _, line := range d.Lead {
		write(f, "", sizeText, line)
	}
	for i := range d.Sections {
		d.Sections[i].write(f)
	}
	if err := f.Output(to); err != nil {
		return fmt.Errorf("writing a report as PDF: %w", err)
	}
	return nil
}

func write(f *fpdf.Fpdf, style string, size float64, text string) {
	f.SetFont(paper.Font, style, size)
	f.MultiCell(paper.TextWidth, max(rowHeight, size/2), text, "", "L", false)
}

func (s *Section) write(f *fpdf.Fpdf) {
	f.Ln(2 * gap)
	if _, height := f.GetPageSize(); f.GetY() > height-paper.Bottom-chartHeight-4*rowHeight {
		f.AddPage() // rather than a heading alone at the foot of a page
	}
	write(f, "B", sizeHeading, s.Title)
	for _, line := range s.Says {
		write(f, "", sizeText, line)
	}
	s.chart(f)
	s.table(f)
}

// chart draws the columns; the table below says the same in figures.
func (s *Section) chart(f *fpdf.Fpdf) {
	if len(s.Bars) == 0 || s.Most <= 0 {
		return
	}
	x, y := f.GetXY()
	y += gap
	place := chartWidth / float64(len(s.Bars))
	for i, v := range s.Bars {
		if v >= 0 {
			height := max(leastBar, chartHeight*float64(v)/float64(s.Most))
			f.Rect(x+float64(i)*place, y+chartHeight-height, place*barPart, height, "F")
		}
	}
	f.Line(x, y+chartHeight, x+chartWidth, y+chartHeight)
	f.SetY(y + chartHeight + gap)
}

func (s *Section) table(f *fpdf.Fpdf) {
	if len(s.Columns) == 0 {
		return
	}
	widths := s.widths(f)
	row(f, widths, s.Columns, "B")
	for _, cells := range s.Rows {
		row(f, widths, cells, "")
	}
}

// widths gives each column as much as its longest cell needs, and all of them together
// no more than the page has.
func (s *Section) widths(f *fpdf.Fpdf) []float64 {
	widths, sum := make([]float64, len(s.Columns)), 0.0
	f.SetFont(paper.Font, "B", sizeText)
	for i, text := range s.Columns {
		widths[i] = f.GetStringWidth(text)
		for _, cells := range s.Rows {
			if i < len(cells) {
				widths[i] = max(widths[i], f.GetStringWidth(cells[i]))
			}
		}
		widths[i] = min(widths[i]+2*gap, widest)
		sum += widths[i]
	}
	if sum > paper.TextWidth {
		for i := range widths {
			widths[i] *= paper.TextWidth / sum
		}
	}
	return widths
}

// row writes one row, as high as its longest cell.
func row(f *fpdf.Fpdf, widths []float64, cells []string, style string) {
	f.SetFont(paper.Font, style, sizeText)
	lines, high := make([][]string, len(cells)), 1
	for i, text := range cells {
		lines[i] = f.SplitText(text, widths[min(i, len(widths)-1)])
		high = max(high, len(lines[i]))
	}
	for n := range high {
		for i := range cells {
			text, align := "", "R"
			if i == 0 {
				align = "L"
			}
			if n < len(lines[i]) {
				text = lines[i][n]
			}
			f.CellFormat(widths[min(i, len(widths)-1)], rowHeight, text, "", 0, align, false, 0, "")
		}
		f.Ln(rowHeight)
	}
}
