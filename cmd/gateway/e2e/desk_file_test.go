package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/bankfile"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// takesInABankFile brings what the bank has sent: one payment has Anna's reference and
// is written on her note, and of one somebody must say what it is for.
func (m *morning) takesInABankFile() {
	m.karin.opens("/desk/payments")
	m.karin.brings("file", m.bankFile())
	m.karin.sends("/desk/payments")
	m.karin.reads("SEK 1,650.50") // what came in
	file := m.karin.path()
	m.karin.until(file, "has entries that nobody has read", func() bool { return !strings.Contains(m.karin.text(), "Not read yet") })
	m.karin.followsRow("Cilla Ek") // on whose behalf Bo Ek pays
	entry := m.karin.path()
	m.karin.reads("thank you")
	m.karin.writes("case-1", "Bo")
	m.karin.isRefused(entry+"/apply", http.StatusBadRequest)
	m.karin.opens(entry)
	m.karin.writes("case-1", m.numberOf(m.caseOf("Bo Sjögren"), entry))
	m.karin.sends(entry + "/apply")
	m.confirms(m.karin)
	m.karin.awaits(entry, `main .status.done`)
	m.karin.until(m.file, "has no payment", func() bool { return strings.Contains(spaces.Replace(m.karin.text()), "1,250.50") })
}

// numberOf gives the number of a case, and goes back to where the person was.
func (m *morning) numberOf(file, back string) string {
	m.karin.opens(back)
	return file[strings.LastIndexByte(file, '/')+1:]
}

// bankFile writes the bank's file of today: one of those that the reading of bank files
// is tested with, for Anna's case.
func (m *morning) bankFile() string {
	m.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "api", "bankfile", "testdata", "camt054-08.xml"))
	if err != nil {
		m.Fatal(err)
	}
	number, err := strconv.ParseInt(m.file[strings.LastIndexByte(m.file, '/')+1:], 10, 64)
	if err != nil {
		m.Fatal(err)
	}
	adapted := strings.NewReplacer(
		"RF33100164", bankfile.Reference(number), "100164", "unknown", "2026-03-02", finance.DateOf(time.Now()).String(),
	).Replace(string(text))
	path := filepath.Join(m.TempDir(), "today.xml")
	if err := os.WriteFile(path, []byte(adapted), 0o600); err != nil {
		m.Fatal(err)
	}
	return path
}
