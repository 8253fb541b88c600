package picture

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// quietZone is the empty margin that a QR code needs, in its squares
// (ISO/IEC 18004 par. 5.3.8).
const quietZone = 4

// MaxQRBytes bounds the text of a QR code, so that a telephone reads it from paper.
const MaxQRBytes = 300

// QR is a QR code: the side of its square picture and the path that fills its
// dark squares.
type QR struct {
	Size int
	Path string
}

// QROf gives the QR code of a text, at most MaxQRBytes long. A quarter of it may be
// stained or folded before it cannot be read.
func QROf(text string) (QR, error) {
	if text == "" || len(text) > MaxQRBytes {
		return QR{}, fmt.Errorf("making a QR code: the text has %d bytes, want 1 to %d", len(text), MaxQRBytes)
	}
	code, err := qr.Encode(text, qr.Q)
	if err != nil {
		return QR{}, fmt.Errorf("making a QR code: %w", err)
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			run := 0
			for x+run < code.Size && code.Black(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+quietZone, y+quietZone, run, run)
				x += run
			}
		}
	}
	return QR{Size: code.Size + 2*quietZone, Path: path.String()}, nil
}
