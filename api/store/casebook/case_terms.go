package casebook

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/skuld-registry/skuld/ledger"
)

// TermKind says what of a case a term is.
type TermKind string

// The kinds of term.
const (
	TermName      TermKind = "name"
	TermPhone     TermKind = "phone"
	TermNote      TermKind = "note"
	TermReference TermKind = "reference" // the lender's own number
)

// Term is something that a case is found by: by it, or by how it begins.
type Term struct {
	Text string
	Kind TermKind
}

// maxCallingCode is the most digits of a country's calling code (ITU-T E.164).
const maxCallingCode = 3

// Terms gives what the case of a note is found by.
func Terms(n *ledger.Note, persons []PersonOfCase) []Term {
	all := []Term{{string(n.ID), TermNote}}
	add := func(kind TermKind, texts ...string) {
		for _, text := range texts {
			if t := (Term{text, kind}); text != "" && !slices.Contains(all, t) {
				all = append(all, t)
			}
		}
	}
	for _, p := range persons {
		for _, word := range words(p.Name) {
			add(TermName, spellings(word)...)
		}
		for _, phone := range p.Phones {
			digits := strings.TrimPrefix(phone, "+")
			// Whoever leaves the calling code out begins with what comes after it.
			for skip := 0; skip <= maxCallingCode && skip < len(digits); skip++ {
				add(TermPhone, digits[skip:])
			}
		}
	}
	add(TermReference, fold(compact(n.Terms.Reference)))
	return all
}

// words splits a text into its words, in small letters. A word is letters and digits,
// and what is added to letters.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(norm.NFC.String(text)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}

// compact leaves nothing but letters and digits, in small letters.
func compact(text string) string { return strings.Join(words(text), "") }

// Those who have no key for a letter write another one, or two, in its place.
var (
	single = strings.NewReplacer("å", "a", "ä", "a", "æ", "a", "ö", "o", "ø", "o", "ß", "s", "ð", "d", "þ", "t", "ł", "l", "đ", "d")
	double = strings.NewReplacer("å", "aa", "ä", "ae", "æ", "ae", "ö", "oe", "ø", "oe", "ü", "ue", "ß", "ss")
)

// spellings gives the ways in which a word is written: as it is, and without the
// letters that not every keyboard has.
func spellings(word string) []string {
	all := []string{word, fold(word), bare(double.Replace(word))}
	slices.Sort(all)
	return slices.Compact(all)
}

// fold writes a word with the plain letter in the place of each.
func fold(word string) string { return bare(single.Replace(word)) }

// bare takes the accents off.
func bare(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return -1
		}
		return r
	}, norm.NFD.String(word))
}

// dialled reads a text as a telephone number and gives the digits by which a term
// begins: without +, 00 or the 0 before an area code, of which +46 (0)70 has both. It
// is "" for what is none.
func dialled(text string) string {
	var digits strings.Builder
	for _, r := range strings.ReplaceAll(text, "(0)", "") {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case !unicode.IsSpace(r) && !strings.ContainsRune("+-()./\u2010\u2011\u2013", r):
			return ""
		}
	}
	return strings.TrimLeft(digits.String(), "0")
}
