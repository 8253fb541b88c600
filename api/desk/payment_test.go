package desk_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/bankfile"
	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/site/sitetest"
)

// drop has a member of staff drop a file onto the page of payments.
func (m *member) drop(name, content string) *sitetest.Answer {
	m.T.Helper()
	form := m.Get("/desk/payments").Is(http.StatusOK).Form("/desk/payments")
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := w.WriteField("token", form.Get("token")); err != nil {
		m.T.Fatal(err)
	}
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = io.WriteString(part, content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		m.T.Fatal(err)
	}
	return m.Ask(http.MethodPost, "/desk/payments", nil, func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(&body), int64(body.Len())
		r.Header.Set("Content-Type", w.FormDataContentType())
	})
}

// statement writes a notification of the bank with one payment for each reference.
func statement(amount string, references ...string) string {
	var b strings.Builder
	b.WriteString(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>N-1</MsgId><CreDtTm>2026-06-15T08:00:00Z</CreDtTm></GrpHdr>
<Ntfctn><Id>N-1</Id><Acct><Id><IBAN>SE4550000000058398257466</IBAN></Id><Ccy>SEK</Ccy></Acct>`)
	for i, ref := range references {
		fmt.Fprintf(&b, `<Ntry><Amt Ccy="SEK">%s</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-06-15</Dt></BookgDt><AcctSvcrRef>B-%d</AcctSvcrRef><BkTxCd/>
<NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>EK, ANNA</Nm></Pty></Dbtr></RltdPties><RmtInf>`, amount, i)
		if ref != "" {
			fmt.Fprintf(&b, "<Strd><CdtrRefInf><Ref>%s</Ref></CdtrRefInf></Strd>", ref)
		}
		b.WriteString("</RmtInf></TxDtls></NtryDtls></Ntry>")
	}
	b.WriteString("</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>")
	return b.String()
}

// worked has the desk work the bank's entries off.
func (w *collecting) worked() {
	w.Helper()
	for more := true; more; {
		var err error
		if more, err = w.desk.StepPayments(w.Context()); err != nil {
			w.Fatal(err)
		}
	}
}

// confirmed goes through the check of an act.
func (m *member) confirmed(a *sitetest.Answer) *sitetest.Answer {
	m.T.Helper()
	check := m.Follow(a).Is(http.StatusOK)
	return m.Follow(m.Send(check, check.From, nil)).Is(http.StatusOK)
}

func TestAFileIsDroppedMatchedAndDividedByHand(t *testing.T) {
	t.Parallel()
	w := newCollecting(t)
	one, two := w.given("Anna Ek", "L-1"), w.given("Anna Ek", "L-2")
	finn := w.staff("Finn Dahl", casework.Finance)

	file := finn.Follow(finn.drop("bank.xml", statement("500.00", bankfile.Reference(one.Number), "")))
	file.Is(http.StatusOK).Says("bank.xml", "camt.054 001.08", "Finn Dahl")
	w.worked()
	finn.Get(file.From).Is(http.StatusOK).Says("All entries are read", "Written on debts", "500.00", "Waiting for a person", "1,000.00")
	if got := w.note(one.Note).Payments; len(got) != 1 || got[0].Amount != 500_00 {
		t.Errorf("the note has the payments %+v", got)
	}

	// The other one may be for either of Anna's debts: a person says so.
	list := finn.Get("/desk/payments").Is(http.StatusOK).Says("More than one debt may fit", "EK, ANNA")
	var entry string
	for _, l := range list.Links() {
		if strings.HasPrefix(l, "/desk/payments/entries/") {
			entry = l
		}
	}
	sheet := finn.Get(entry).Is(http.StatusOK).Says("case 1", "case 2", "the payer has the borrower's name")
	values := url.Values{
		"case-1": {bankfile.Reference(one.Number)}, "amount-1": {"200,00"}, "case-2": {strconv.FormatInt(two.Number, 10)}, "amount-2": {"250"},
		"amount-3": {"50"}, "said": {"by telephone"}, "token": sheet.Form(entry + "/apply")["token"],
	}
	wrong := url.Values{}
	for name, v := range values {
		wrong[name] = v
	}
	wrong["amount-2"] = []string{"300"}
	finn.Ask(http.MethodPost, entry+"/apply", wrong).Is(http.StatusBadRequest).Says("500.00 SEK")
	finn.confirmed(finn.Ask(http.MethodPost, entry+"/apply", values)).Says("Done", "Stands on the note", "To be paid back")
	if got := w.note(two.Note).Payments; len(got) != 1 || got[0].Amount != 250_00 {
		t.Errorf("the note has the payments %+v", got)
	}
	finn.Get("/desk/payments/differences").Is(http.StatusOK).Says("No differences")

	// What goes back needs a second person, who is not the first.
	sheet = finn.Get(entry).Is(http.StatusOK)
	refund := sheet.Form(entry + "/refund/" + w.due(t))
	for name := range refund {
		if part, is := strings.CutPrefix(name, "account-"); is {
			refund.Set(name, "SE3550000000054910000003")
			refund.Set("reason-"+part, "the payer asked for it")
		}
	}
	finn.confirmed(finn.Ask(http.MethodPost, entry+"/refund/"+w.due(t), refund)).Says("Waits for approval", "To be paid back")
}

// due gives what waits to be paid back.
func (w *collecting) due(t *testing.T) string {
	t.Helper()
	all, err := w.desk.Book.BankReturns(t.Context(), 0, 10)
	if err != nil || len(all) != 1 {
		t.Fatalf("to be paid back: %+v, %v", all, err)
	}
	return all[0].ID
}

func TestAWrongMatchIsTakenBackOnThePage(t *testing.T) {
	t.Parallel()
	w := newCollecting(t)
	c := w.given("Anna Ek", "L-1")
	finn := w.staff("Finn Dahl", casework.Finance)
	finn.drop("bank.xml", statement("500.00", bankfile.Reference(c.Number)))
	w.worked()
	all, err := w.desk.Book.BankEntries(t.Context(), casebook.EntryApplied, 0, 10)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d entries are applied; %v", len(all), err)
	}
	path := "/desk/payments/entries/" + all[0].ID
	sheet := finn.Get(path).Is(http.StatusOK).Says("Stands on the note")
	finn.confirmed(finn.Send(sheet, path+"/unmatch", url.Values{"reason": {"another Anna"}})).Says("Was taken back", "Put aside")
	if p := w.note(c.Note).Payments; len(p) != 1 || !p[0].Reversed {
		t.Errorf("the note has the payments %+v", p)
	}
	sheet = finn.Get(path)
	finn.Follow(finn.Send(sheet, path+"/ignore", url.Values{"reason": {"not ours"}})).Is(http.StatusOK).Says("Put aside", "not ours")
	finn.Follow(finn.Send(finn.Get(path), path+"/restore", nil)).Is(http.StatusOK).Says("Waits for a person")
}

func TestAClientIsToldOfItsMoney(t *testing.T) {
	t.Parallel()
	w := newCollecting(t)
	c := w.given("Anna Ek", "L-1")
	finn, aud := w.staff("Finn Dahl", casework.Finance), w.staff("Aud Berg", casework.Auditor)
	finn.drop("bank.xml", statement("500.00", bankfile.Reference(c.Number)))
	w.worked()
	aud.Get("/desk/payments/clients").Is(http.StatusOK).Says("Kredit AB", "500.00").Hides("<button>Account for")
	sheet := finn.Get("/desk/payments/clients")
	finn.confirmed(finn.Send(sheet, "/desk/payments/clients", nil)).Says("All is accounted for")
	due, err := w.desk.Book.DueToClients(t.Context(), w.collector.ID, 10)
	if err != nil || len(due) != 0 {
		t.Errorf("still due: %+v, %v", due, err)
	}
}

func TestAFileThatIsNoneSaysWhatIsWrongWithIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	finn := w.staff("Finn Dahl", casework.Finance)
	wrong := strings.Replace(statement("500.00", ""), "<MsgId>N-1</MsgId>", "", 1)
	finn.Follow(finn.drop("bank.xml", wrong)).Is(http.StatusOK).Says("The file is not taken in", "MsgId is missing in /Document/BkToCstmrDbtCdtNtfctn/GrpHdr")
	finn.Follow(finn.drop("page.html", "<html>")).Is(http.StatusOK).Says("It is no bank file that we read", "camt.053.001.08")
	finn.drop("", "").Is(http.StatusUnprocessableEntity).Says("Choose a file first")
	finn.Get("/desk/payments?show=files").Is(http.StatusOK).Says("bank.xml", "page.html")
}

func TestPaymentsAreForWhoHandlesThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	finn, eva, aud := w.staff("Finn Dahl", casework.Finance), w.staff("Eva Ek", casework.Agent), w.staff("Aud Berg", casework.Auditor)
	for _, path := range []string{"/desk/payments", "/desk/payments/clients", "/desk/payments/differences"} {
		eva.Get(path).Is(http.StatusForbidden)
		aud.Get(path).Is(http.StatusOK)
		finn.Get(path).Is(http.StatusOK)
	}
	aud.Get("/desk/payments").Hides(`type="file"`)
	for _, show := range []string{"unmatched", "returns", "matched", "applied", "ignored", "reversed", "files"} {
		finn.Get("/desk/payments?show=" + show).Is(http.StatusOK)
	}
	finn.Get("/desk/payments/entries/none").Is(http.StatusNotFound)
	finn.Get("/desk/payments/files/none").Is(http.StatusNotFound)
}

// TestAFileThatIsBeingWorkedOffSaysHowLongItTakes shows a file before the loop has it.
func TestAFileThatIsBeingWorkedOffSaysHowLongItTakes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	finn := w.staff("Finn Dahl", casework.Finance)
	finn.Follow(finn.drop("bank.xml", statement("1.00", "", "", ""))).Is(http.StatusOK).Says("The entries are being read", "0 / 3")
}
