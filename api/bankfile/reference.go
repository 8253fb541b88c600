package bankfile

import (
	"errors"
	"strconv"
	"strings"
)

// What is wrong with a text that is no payment reference.
var (
	// ErrReferenceForm says that a text has other characters than digits, or too
	// few or too many of them.
	ErrReferenceForm = errors.New("not the form of a payment reference")
	// ErrReferenceLength says that a digit is missing or is one too many.
	ErrReferenceLength = errors.New("the length digit of the payment reference is wrong")
	// ErrReferenceCheck says that a digit is wrong.
	ErrReferenceCheck = errors.New("the check digit of the payment reference is wrong")
)

const (
	// A reference has at least a number of one digit, a length digit and a check
	// digit, and at most the 25 digits that a Bankgirot OCR reference may have.
	minReference = 3
	maxReference = 25
	// maxTyped bounds what is read as a reference, with spaces and the RF form.
	maxTyped = 64

	decimal = 10
)

// Reference gives the payment reference of a case: its number, a digit that is the
// last of the reference's length, and a Luhn check digit over all before it, as
// Bankgirot's OCR references have them. It is empty for a number that is not
// positive, which no case has.
func Reference(number int64) string {
	if number <= 0 {
		return ""
	}
	digits := strconv.FormatInt(number, decimal)
	digits += strconv.Itoa((len(digits) + 2) % decimal)
	return digits + strconv.Itoa(luhn(digits))
}

// ParseReference reads the payment reference of a case, as a payer or a bank wrote
// it: with spaces, with leading zeros that fill a field, or in the form of ISO
// 11649, which begins with RF. It returns ErrReferenceForm, ErrReferenceLength or
// ErrReferenceCheck for a text that is none.
func ParseReference(text string) (number int64, err error) {
	digits, err := referenceDigits(text)
	if err != nil {
		return 0, err
	}
	last := len(digits) - 1
	if luhn(digits[:last]) != value(digits[last]) {
		return 0, ErrReferenceCheck
	}
	if len(digits)%decimal != value(digits[last-1]) {
		return 0, ErrReferenceLength
	}
	number, err = strconv.ParseInt(digits[:last-1], decimal, 64)
	if err != nil {
		return 0, ErrReferenceForm
	}
	return number, nil
}

// referenceDigits gives the digits of a reference without what may stand around
// them.
func referenceDigits(text string) (string, error) {
	if len(text) > maxTyped {
		return "", ErrReferenceForm
	}
	text = strings.ToUpper(strings.Join(strings.Fields(text), ""))
	if strings.HasPrefix(text, "RF") {
		inner, ok := creditorReference(text)
		if !ok {
			return "", ErrReferenceCheck
		}
		text = inner
	}
	text = strings.TrimLeft(text, "0")
	if len(text) < minReference || len(text) > maxReference || !isDigits(text) {
		return "", ErrReferenceForm
	}
	return text, nil
}

const (
	rfHead   = 4  // RF and two check digits
	rfMax    = 25 // characters
	rfModulo = 97
	// A letter counts as two digits: A is 10.
	letterBase = 36
)

// creditorReference gives what an ISO 11649 reference carries. It is right when the
// reference with its head at the end, as a number, leaves 1 divided by 97.
func creditorReference(text string) (inner string, ok bool) {
	if len(text) <= rfHead || len(text) > rfMax {
		return "", false
	}
	rest := 0
	for _, c := range text[rfHead:] + text[:rfHead] {
		v, err := strconv.ParseInt(string(c), letterBase, 0)
		if err != nil {
			return "", false
		}
		if v >= decimal {
			rest *= decimal
		}
		rest = (rest*decimal + int(v)) % rfModulo
	}
	return text[rfHead:], rest == 1
}

// luhn gives the check digit (ISO/IEC 7812-1, annex B) of some digits: every second
// one from the right counts twice, a product by its digits.
func luhn(digits string) int {
	sum := 0
	for i := range len(digits) {
		v := value(digits[len(digits)-1-i])
		if i%2 == 0 {
			if v *= 2; v >= decimal {
				v -= decimal - 1
			}
		}
		sum += v
	}
	return (decimal - sum%decimal) % decimal
}

func value(digit byte) int { return int(digit - '0') }

func isDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}
