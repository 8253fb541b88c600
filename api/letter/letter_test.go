package letter_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ledongthuc/pdf"

	"github.com/skuld-registry/skuld/api/letter"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func day(t testing.TB, text string) finance.Date {
	t.Helper()
	d, err := finance.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// complete are facts with which every kind of letter can be written.
func complete(t testing.TB) letter.Facts {
	t.Helper()
	return letter.Facts{
		Language: ledger.English, On: day(t, "2026-06-20"),
		To:    letter.Address{Name: "Åsa Öberg Kjær", Lines: []string{"Storgatan 1", "111 11 Stockholm"}},
		From:  letter.Company{Name: "Nordisk Inkasso AB", Address: "Box 2\n111 12 Stockholm", Phone: "+4684567890", Licence: "debt collection, IMY 2026-17"},
		Human: letter.Human{Name: "Karin Berg", Phone: "+46701234567", Hours: "Monday to Friday, 8 to 18"},
		Note:  "nabcdefghijklmnopqrstuvwxyz012345", Case: "4711", AgreedOn: day(t, "2025-06-15"), Lender: "Banken AB",
		Creditor: letter.Company{Name: "Köparen AB", Address: "Box 3, 111 13 Stockholm", Phone: "+4681112233"},
		Assigned: &letter.Assignment{From: "Banken AB", On: day(t, "2026-01-15")},
		Currency: "SEK",
		Owed:     finance.Owed{Principal: 1_000_000, Interest: 5_000, LateInterest: 1_000, Costs: 6_000},
		Lines: []finance.Line{{Kind: finance.Interest, From: day(t, "2026-06-01"), To: day(t, "2026-06-20"), Days: 19, Base: 1_000_000,
			Rate: finance.Percent(8), Micro: 4_000_000_000}},
		Counted: finance.Parts{Interest: 2_000}, DueOn: day(t, "2026-05-31"), Overdue: 50_000, Fee: 6_000,
		PayBy: day(t, "2026-06-30"), Account: "BG 123-4567", Reference: "471159",
		Link: "https://registry.example/n/7K4M-2Q9X", Authority: "Finansinspektionen",
		Words: "We charged you twice, and have taken it back.", Code: "7K4M2Q9X",
		Plan:     &letter.Plan{Instalments: 12, Each: 90_000, First: day(t, "2026-07-31"), Last: day(t, "2027-06-30"), Cost: 41_200},
		GateOpen: true, Collectable: true,
	}
}

// TestLetterWithoutAnElementIsNotWritten takes one fact away at a time, and what each
// paragraph asks for is missed by its name.
func TestLetterWithoutAnElementIsNotWritten(t *testing.T) {
	tests := []struct {
		element string
		kinds   []letter.Kind
		without func(*letter.Facts)
	}{
		{"language", letter.Kinds(), func(f *letter.Facts) { f.Language = "xx" }},
		{"date", letter.Kinds(), func(f *letter.Facts) { f.On = finance.Date{} }},
		{"name", letter.Kinds(), func(f *letter.Facts) { f.To.Name = "" }},
		{"sender", letter.Kinds(), func(f *letter.Facts) { f.From.Name = "" }},
		{"human", letter.Kinds(), func(f *letter.Facts) { f.Human.Name = "" }},
		{"human", letter.Kinds(), func(f *letter.Facts) { f.Human.Phone = "" }},
		{"human", letter.Kinds(), func(f *letter.Facts) { f.Human.Hours = "" }},
		{"link", letter.Kinds(), func(f *letter.Facts) { f.Link = "" }},
		{"creditor", []letter.Kind{letter.Reminder, letter.Demand, letter.TransferNotice}, func(f *letter.Facts) { f.Creditor.Name = "" }},
		{"basis", []letter.Kind{letter.Reminder, letter.Demand, letter.TransferNotice}, func(f *letter.Facts) { f.AgreedOn = finance.Date{} }},
		{"basis", []letter.Kind{letter.Reminder, letter.Demand, letter.TransferNotice}, func(f *letter.Facts) { f.Lender = "" }},
		{"split", []letter.Kind{letter.Reminder, letter.Demand, letter.TransferNotice}, func(f *letter.Facts) { f.Owed = finance.Owed{} }},
		{"interest", []letter.Kind{letter.Reminder, letter.Demand}, func(f *letter.Facts) { f.Lines = nil }},
		{"interest", []letter.Kind{letter.Reminder, letter.Demand}, func(f *letter.Facts) { f.Owed.LateInterest += 3 }},
		{"assignment", []letter.Kind{letter.Reminder, letter.Demand}, func(f *letter.Facts) { f.Assigned = &letter.Assignment{From: "Banken AB"} }},
		{"pay_by", []letter.Kind{letter.Reminder, letter.Demand}, func(f *letter.Facts) { f.PayBy = finance.Date{} }},
		{"time", []letter.Kind{letter.Demand}, func(f *letter.Facts) { f.PayBy = f.On.AddDays(letter.DemandDays - 1) }},
		{"time", []letter.Kind{letter.Reminder, letter.Demand}, func(f *letter.Facts) { f.PayBy = f.On.AddDays(letter.ReminderDays - 1) }},
		{"payment", []letter.Kind{letter.Reminder, letter.Demand, letter.TransferNotice}, func(f *letter.Facts) { f.Account = "" }},
		{"payment", []letter.Kind{letter.Reminder, letter.Demand, letter.TransferNotice}, func(f *letter.Facts) { f.Reference = "" }},
		{"late", []letter.Kind{letter.Reminder, letter.Demand}, func(f *letter.Facts) { f.Overdue = 0 }},
		{"late", []letter.Kind{letter.Reminder, letter.Demand}, func(f *letter.Facts) { f.DueOn = f.On }},
		{"gate", []letter.Kind{letter.Reminder, letter.Demand}, func(f *letter.Facts) { f.GateOpen = false }},
		{"collectable", []letter.Kind{letter.Reminder, letter.Demand}, func(f *letter.Facts) { f.Collectable = false }},
		{"transfer", []letter.Kind{letter.TransferNotice}, func(f *letter.Facts) { f.Assigned = nil }},
		{"transfer", []letter.Kind{letter.TransferNotice}, func(f *letter.Facts) { f.Assigned = &letter.Assignment{From: "Banken AB"} }},
		{"buyer", []letter.Kind{letter.TransferNotice}, func(f *letter.Facts) { f.Creditor.Phone = "" }},
		{"servicer", []letter.Kind{letter.TransferNotice}, func(f *letter.Facts) { f.From.Licence = "" }},
		{"authority", []letter.Kind{letter.TransferNotice, letter.Demand}, func(f *letter.Facts) { f.Authority = "" }},
		{"plan", []letter.Kind{letter.PlanOffer}, func(f *letter.Facts) { f.Plan = nil }},
		{"code", []letter.Kind{letter.Contact}, func(f *letter.Facts) { f.Code = "" }},
		{"words", []letter.Kind{letter.Correction, letter.Answer}, func(f *letter.Facts) { f.Words = " \n" }},
	}
	missed := map[string]bool{"law": true} // a sentence that no fact can take away
	for _, test := range tests {
		missed[test.element] = true
		for _, k := range letter.Kinds() {
			f := complete(t)
			test.without(&f)
			_, err := letter.Write(k, f)
			missing, _ := errors.AsType[*letter.MissingError](err)
			lacks := missing != nil && slices.ContainsFunc(missing.Elements, func(e letter.Element) bool { return e.ID == test.element })
			if want := slices.Contains(test.kinds, k); lacks != want {
				t.Errorf("%s without %s: %v, want that it lacks it: %t", k, test.element, err, want)
			}
		}
	}
	for _, k := range letter.Kinds() {
		for _, e := range letter.Elements(k) {
			if !missed[e.ID] {
				t.Errorf("nothing shows that a %s without %s is refused", k, e.ID)
			}
		}
	}
}

func TestLetterOfAnUnknownKindIsNotWritten(t *testing.T) {
	if _, err := letter.Write("threat", complete(t)); err == nil {
		t.Error("it is written")
	}
}

// said is what must stand in a letter, in each language, to say each element.
func said(f letter.Facts) map[string][]string {
	l := f.Language
	return map[string][]string{
		"name": {f.To.Name}, "sender": {f.From.Name}, "human": {f.Human.Name, f.Human.Phone, f.Human.Hours}, "link": {f.Link},
		"date": {l.Date(f.On)}, "creditor": {f.Creditor.Name}, "basis": {string(f.Note), l.Date(f.AgreedOn), f.Lender},
		"split": {
			l.Money(finance.Money{Amount: f.Owed.Principal, Currency: "SEK"}), l.Money(finance.Money{Amount: f.Owed.Interest, Currency: "SEK"}),
			l.Money(finance.Money{Amount: f.Owed.Costs, Currency: "SEK"}),
		},
		"interest":   {l.Percent(finance.Percent(8)), l.Date(f.Lines[0].From), l.Date(f.Lines[0].To)},
		"assignment": {f.Assigned.From, l.Date(f.Assigned.On)}, "pay_by": {l.Date(f.PayBy)}, "time": {l.Date(f.PayBy)},
		"payment": {f.Account, f.Reference}, "late": {l.Money(finance.Money{Amount: f.Overdue, Currency: "SEK"}), l.Date(f.DueOn)},
		"transfer": {f.Assigned.From, l.Date(f.Assigned.On)}, "buyer": {f.Creditor.Name, f.Creditor.Address, f.Creditor.Phone},
		"servicer": {f.From.Name, f.From.Phone, f.From.Licence}, "authority": {f.Authority},
		"plan": {"12", l.Date(f.Plan.First), l.Date(f.Plan.Last)}, "code": {f.Code}, "words": {f.Words},
		"law": {map[ledger.Language]string{"sv": "Samma lag gäller", "da": "samme lov", "en": "same law applies"}[l]},
	}
}

// conditions are elements that must be true and need not be said.
var conditions = []string{"language", "gate", "collectable"}

// TestLetterSaysEveryElementInTextAndInPDF reads both back.
func TestLetterSaysEveryElementInTextAndInPDF(t *testing.T) {
	for _, k := range letter.Kinds() {
		for _, language := range ledger.Languages() {
			f := complete(t)
			f.Language = language
			l, err := letter.Write(k, f)
			if err != nil {
				t.Fatal(err)
			}
			for where, text := range map[string]string{"text": l.Text(), "PDF": readBack(t, l)} {
				for _, e := range letter.Elements(k) {
					if slices.Contains(conditions, e.ID) {
						continue
					}
					want, known := said(f)[e.ID]
					if !known {
						t.Errorf("nothing shows that a letter says %s", e.ID)
					}
					for _, w := range want {
						if !strings.Contains(bare(text), bare(w)) {
							t.Errorf("%s of %s in %s does not say %s: %q", where, k, language, e.ID, w)
						}
					}
				}
			}
		}
	}
}

// bare takes away the spaces, which a PDF places by where it draws.
func bare(text string) string {
	return strings.NewReplacer(" ", "", "\u00a0", "", "\n", "").Replace(text)
}

func readBack(t *testing.T, l *letter.Letter) string {
	t.Helper()
	var b bytes.Buffer
	if err := l.PDF(&b); err != nil {
		t.Fatal(err)
	}
	r, err := pdf.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for n := 1; n <= r.NumPage(); n++ {
		page, err := r.Page(n).GetPlainText(nil)
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString(page)
	}
	return text.String()
}

func TestSameLetterIsTheSameFile(t *testing.T) {
	l, err := letter.Write(letter.Demand, complete(t))
	if err != nil {
		t.Fatal(err)
	}
	var first, second bytes.Buffer
	if err := errors.Join(l.PDF(&first), l.PDF(&second)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two files of one letter differ")
	}
}

// TestMessageTellsADisplayNothing checks that a telephone that lies on a table shows
// neither a debt nor an amount.
func TestMessageTellsADisplayNothing(t *testing.T) {
	f := complete(t)
	for _, language := range ledger.Languages() {
		f.Language = language
		l, err := letter.Write(letter.Demand, f)
		if err != nil {
			t.Fatal(err)
		}
		m := l.Message(f.Human, "7K4M2Q9X")
		for _, no := range []string{f.To.Name, "Öberg", "SEK", "kr", string(f.Note), "skuld", "gæld", "debt", "nkasso krav"} {
			if strings.Contains(strings.ToLower(m), strings.ToLower(no)) {
				t.Errorf("the message %q says %q", m, no)
			}
		}
		if len([]rune(m)) > letter.MaxMessage {
			t.Errorf("the message has %d characters, want at most %d", len([]rune(m)), letter.MaxMessage)
		}
	}
}

// TestLayoutOfWhatWasSentStays: the file of a letter is made again from what it says, and
// is known by its digest on the ledger. Who changes the layout keeps the old one for the
// letters that were sent with it.
func TestLayoutOfWhatWasSentStays(t *testing.T) {
	l, err := letter.Write(letter.Demand, complete(t))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	again := new(letter.Letter)
	if err := json.Unmarshal(kept, again); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := again.PDF(&file); err != nil {
		t.Fatal(err)
	}
	const want = "73a12c14be40ea271befc0e534d7355368e31e4982cd5831107db66f7b3bfb85"
	if got := fmt.Sprintf("%x", sha256.Sum256(file.Bytes())); got != want {
		t.Errorf("the file of the letter is %s, and was %s when such letters were sent", got, want)
	}
}
