package picture_test

import (
	"fmt"
	"strings"
	"testing"

	"rsc.io/qr"

	"github.com/skuld-registry/skuld/api/web/picture"
)

func TestPathOfQRFillsExactlyTheDarkSquares(t *testing.T) {
	const text = "https://pages.example/n/ABCD-EFGH-JKMN-PQRS"
	got, err := picture.QROf(text)
	if err != nil {
		t.Fatal(err)
	}
	code, err := qr.Encode(text, qr.Q)
	if err != nil {
		t.Fatal(err)
	}
	const margin = 4
	if got.Size != code.Size+2*margin {
		t.Errorf("the side is %d, want %d and a margin of %d", got.Size, code.Size, margin)
	}
	dark := map[[2]int]bool{}
	for part := range strings.SplitSeq(strings.TrimSuffix(got.Path, "z"), "z") {
		var x, y, run, back int
		if _, err := fmt.Sscanf(part, "M%d %dh%dv1h-%d", &x, &y, &run, &back); err != nil || run != back || run < 1 {
			t.Fatalf("the path has the part %q (%v)", part, err)
		}
		for i := range run {
			dark[[2]int{x + i, y}] = true
		}
	}
	for y := range got.Size {
		for x := range got.Size {
			if want := code.Black(x-margin, y-margin); dark[[2]int{x, y}] != want {
				t.Fatalf("the square at %d, %d is dark: %v, want %v", x, y, !want, want)
			}
		}
	}
}

func TestTextThatNoTelephoneWouldReadIsRefused(t *testing.T) {
	for _, text := range []string{"", strings.Repeat("x", picture.MaxQRBytes+1)} {
		if _, err := picture.QROf(text); err == nil {
			t.Errorf("a text of %d bytes became a QR code", len(text))
		}
	}
	if _, err := picture.QROf(strings.Repeat("x", picture.MaxQRBytes)); err != nil {
		t.Errorf("the longest text: %v", err)
	}
}
