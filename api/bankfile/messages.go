package bankfile

import (
	"slices"
	"sync"
)

// message is a kind of message in one version.
type message struct {
	format  Format
	version string
	report  string // the name of its reports
	schema  *schema
}

// namespacePrefix and the name of a message make its namespace.
const namespacePrefix = "urn:iso:std:iso:20022:tech:xsd:"

// The versions that banks in Sweden and Denmark send: the second of 2009, and the
// eighth of 2019, to which they have moved or are moving.
const (
	version02 = "001.02"
	version08 = "001.08"
)

// messages gives every message that is read here, by its namespace.
var messages = sync.OnceValue(func() map[string]message {
	all := map[string]message{}
	for _, version := range []string{version02, version08} {
		t := types{eighth: version == version08}
		for _, m := range []message{
			{Statement053, version, "Stmt", document("BkToCstmrStmt", "Stmt", t, t.statement())},
			{Notification054, version, "Ntfctn", document("BkToCstmrDbtCdtNtfctn", "Ntfctn", t, t.notification())},
		} {
			all[namespacePrefix+string(m.format)+"."+version] = m
		}
	}
	return all
})

// types are the types of one version of the messages.
type types struct{ eighth bool }

// since gives elements that the eighth version has and the second has not.
func (t types) since(kids ...child) []child {
	if t.eighth {
		return kids
	}
	return nil
}

// fewer gives elements of which the second version may have many, the eighth one.
func (t types) fewer(name string) []child {
	if t.eighth {
		return passed(name)
	}
	return passed(name + "*")
}

// seq gathers elements.
func seq(parts ...[]child) *schema { return sequence(slices.Concat(parts...)...) }

func these(kids ...child) []child { return kids }

func document(name, report string, t types, body *schema) *schema {
	extra := t.since(passed("SplmtryData*")...)
	return sequence(one(name, seq(these(one("GrpHdr", t.header()), some(report, body)), extra)))
}

const (
	max34  = 34
	max35  = 35
	max70  = 70
	max105 = 105
	max140 = 140
	max500 = 500
	page   = 5  // digits of a page's number
	count  = 15 // digits of a number of entries
	code   = 4  // characters of a code of the external lists
)

// header is GroupHeader42 and GroupHeader81.
func (t types) header() *schema {
	return seq(
		these(one("MsgId", text(max35)), one("CreDtTm", dateTime())),
		passed("MsgRcpt"), these(opt("MsgPgntn", pagination())),
		t.since(passed("OrgnlBizQry")...), these(opt("AddtlInf", text(max500))))
}

func pagination() *schema { return sequence(one("PgNb", digits(page)), one("LastPgInd", truth())) }

// top is what a statement and a notification begin with.
func (t types) top(pagesName string) []child {
	created := one("CreDtTm", dateTime())
	if t.eighth {
		created = opt("CreDtTm", dateTime())
	}
	return slices.Concat(
		these(one("Id", text(max35))), t.since(opt(pagesName, pagination())),
		these(opt("ElctrncSeqNb", number(0, true))), t.since(passed("RptgSeq")...),
		these(opt("LglSeqNb", number(0, true)), created,
			opt("FrToDt", sequence(one("FrDtTm", dateTime()), one("ToDtTm", dateTime()))),
			opt("CpyDplctInd", exactly("CODU, COPY or DUPL", "CODU", "COPY", "DUPL"))),
		passed("RptgSrc"),
		these(one("Acct", t.account(true))), passed("RltdAcct", "Intrst*"))
}

// statement is AccountStatement2 and AccountStatement9.
func (t types) statement() *schema {
	return seq(t.top("StmtPgntn"), these(
		some("Bal", t.balance()), opt("TxsSummry", t.summary()),
		many("Ntry", t.entry()), opt("AddtlStmtInf", text(max500))))
}

// notification is AccountNotification2 and AccountNotification17.
func (t types) notification() *schema {
	return seq(t.top("NtfctnPgntn"), these(
		opt("TxsSummry", t.summary()), many("Ntry", t.entry()), opt("AddtlNtfctnInf", text(max500))))
}

// account is CashAccount16, 20, 38 and 39; the account of a report names its owner, too.
func (t types) account(owned bool) *schema {
	var owner []child
	if owned {
		owner = passed("Ownr", "Svcr")
	}
	return seq(these(
		one("Id", choice(one("IBAN", iban()), one("Othr", seq(these(one("Id", text(max34))), passed("SchmeNm"), these(opt("Issr", text(max35)))))))),
		passed("Tp"), these(opt("Ccy", currency()), opt("Nm", text(max70))),
		t.since(passed("Prxy")...), owner)
}

// balance is CashBalance3 and CashBalance8.
func (t types) balance() *schema {
	line := passed("CdtLine")
	if t.eighth {
		line = passed("CdtLine*")
	}
	kind := seq(these(one("CdOrPrtry", choice(one("Cd", text(code)), one("Prtry", text(max35))))), passed("SubTp"))
	return seq(these(one("Tp", kind)), line,
		these(one("Amt", amount()), one("CdtDbtInd", direction()), one("Dt", day())), passed("Avlbty*"))
}

func day() *schema { return choice(one("Dt", date()), one("DtTm", dateTime())) }

// summary is TotalTransactions2 and TotalTransactions6.
func (t types) summary() *schema {
	sum := these(opt("NbOfNtries", digits(count)), opt("Sum", number(sumDecimals, true)))
	all := seq(sum, these(opt("TtlNetNtryAmt", number(sumDecimals, true)), opt("CdtDbtInd", direction())))
	if t.eighth {
		net := sequence(one("Amt", number(sumDecimals, false)), one("CdtDbtInd", direction()))
		all = seq(sum, these(opt("TtlNetNtry", net)))
	}
	return seq(these(opt("TtlNtries", all), opt("TtlCdtNtries", seq(sum)), opt("TtlDbtNtries", seq(sum))),
		passed("TtlNtriesPerBkTxCd*"))
}

// entry is ReportEntry2 and ReportEntry10.
func (t types) entry() *schema {
	status := exactly("BOOK, PDNG or INFO", "BOOK", "PDNG", "INFO")
	if t.eighth {
		status = choice(one("Cd", text(code)), one("Prtry", text(max35)))
	}
	return seq(these(
		opt("NtryRef", text(max35)), one("Amt", amount()), one("CdtDbtInd", direction()), opt("RvslInd", truth()),
		one("Sts", status), opt("BookgDt", day()), opt("ValDt", day()), opt("AcctSvcrRef", text(max35))),
		passed("Avlbty*"), these(one("BkTxCd", &schema{any: true}), opt("ComssnWvrInd", truth())),
		passed("AddtlInfInd"), these(opt("AmtDtls", t.amounts())),
		t.fewer("Chrgs"), passed("TechInptChanl"), t.fewer("Intrst"), t.since(passed("CardTx")...),
		these(many("NtryDtls", t.details()), opt("AddtlNtryInf", text(max500))))
}

// details is EntryDetails1 and EntryDetails9.
func (t types) details() *schema {
	batch := sequence(opt("MsgId", text(max35)), opt("PmtInfId", text(max35)), opt("NbOfTxs", digits(count)),
		opt("TtlAmt", amount()), opt("CdtDbtInd", direction()))
	return sequence(opt("Btch", batch), many("TxDtls", t.transaction()))
}

// transaction is EntryTransaction2 and EntryTransaction10.
func (t types) transaction() *schema {
	const locations = 10
	return seq(these(opt("Refs", t.references())),
		t.since(opt("Amt", amount()), opt("CdtDbtInd", direction())), these(opt("AmtDtls", t.amounts())),
		passed("Avlbty*", "BkTxCd"), t.fewer("Chrgs"), t.fewer("Intrst"),
		these(opt("RltdPties", t.parties())), passed("RltdAgts"), t.since(passed("LclInstrm")...), passed("Purp"),
		these(upTo(locations, "RltdRmtInf", &schema{any: true}), opt("RmtInf", t.remittance())),
		passed("RltdDts", "RltdPric", "RltdQties*", "FinInstrmId", "Tax"),
		these(opt("RtrInf", t.returned())), passed("CorpActn", "SfkpgAcct"),
		t.since(passed("CshDpst*", "CardTx")...), these(opt("AddtlTxInf", text(max500))), t.since(passed("SplmtryData*")...))
}

// references is TransactionReferences2 and TransactionReferences6.
func (t types) references() *schema {
	ref := func(name string) child { return opt(name, text(max35)) }
	return seq(these(ref("MsgId"), ref("AcctSvcrRef"), ref("PmtInfId"), ref("InstrId"), ref("EndToEndId")),
		t.since(opt("UETR", pattern("a UUID of version 4", isUETR))),
		these(ref("TxId"), ref("MndtId"), ref("ChqNb"), ref("ClrSysRef")),
		t.since(ref("AcctOwnrTxId"), ref("AcctSvcrTxId"), ref("MktInfrstrctrTxId"), ref("PrcgId")),
		t.more("Prtry"))
}

// more gives elements of which the second version may have one, the eighth many.
func (t types) more(name string) []child {
	if t.eighth {
		return passed(name + "*")
	}
	return passed(name)
}

// isUETR says whether a text is a random UUID in small letters.
func isUETR(s string) bool {
	const length, dashes = 36, "        -    -    -    -            "
	if len(s) != length || s[14] != '4' || !slices.Contains([]byte("89ab"), s[19]) {
		return false
	}
	for i := range length {
		hex := '0' <= s[i] && s[i] <= '9' || 'a' <= s[i] && s[i] <= 'f'
		if dashes[i] == '-' != (s[i] == '-') || dashes[i] != '-' && !hex {
			return false
		}
	}
	return true
}

// amounts is AmountAndCurrencyExchange3.
func (t types) amounts() *schema {
	of := func(name string) child { return opt(name, seq(these(one("Amt", amount())), passed("CcyXchg"))) }
	return seq(these(of("InstdAmt"), of("TxAmt"), of("CntrValAmt"), of("AnncdPstngAmt")), passed("PrtryAmt*"))
}

// parties is TransactionParty2 and TransactionParties6.
func (t types) parties() *schema {
	return seq(passed("InitgPty"), these(opt("Dbtr", t.party()), opt("DbtrAcct", t.account(false)), opt("UltmtDbtr", t.party())),
		passed("Cdtr", "CdtrAcct", "UltmtCdtr", "TradgPty", "Prtry*"))
}

// party is PartyIdentification32, and Party40Choice with PartyIdentification135.
func (t types) party() *schema {
	bic := "BICOrBEI"
	if t.eighth {
		bic = "AnyBIC"
	}
	other := many("Othr", seq(these(one("Id", text(max35))), passed("SchmeNm"), these(opt("Issr", text(max35)))))
	identity := choice(
		one("OrgId", seq(passed(bic), t.since(passed("LEI")...), these(other))),
		one("PrvtId", seq(passed("DtAndPlcOfBirth"), these(other))))
	party := seq(these(opt("Nm", text(max140))), passed("PstlAdr"), these(opt("Id", identity)), passed("CtryOfRes", "CtctDtls"))
	if t.eighth {
		return choice(one("Pty", party), one("Agt", &schema{any: true}))
	}
	return party
}

// remittance is RemittanceInformation5 and RemittanceInformation16.
func (t types) remittance() *schema {
	const lines = 3
	kind := seq(these(one("CdOrPrtry", choice(
		one("Cd", exactly("RADM, RPIN, FXDR, DISP, PUOR or SCOR", "RADM", "RPIN", "FXDR", "DISP", "PUOR", "SCOR")),
		one("Prtry", text(max35))))), these(opt("Issr", text(max35))))
	structured := seq(passed("RfrdDocInf*", "RfrdDocAmt"),
		these(opt("CdtrRefInf", sequence(opt("Tp", kind), opt("Ref", text(max35))))),
		passed("Invcr", "Invcee"), t.since(passed("TaxRmt", "GrnshmtRmt")...), these(upTo(lines, "AddtlRmtInf", text(max140))))
	return sequence(many("Ustrd", text(max140)), many("Strd", structured))
}

// returned is ReturnReasonInformation10 and PaymentReturnReason5.
func (t types) returned() *schema {
	return seq(passed("OrgnlBkTxCd", "Orgtr"),
		these(opt("Rsn", choice(one("Cd", text(code)), one("Prtry", text(max35)))), many("AddtlInf", text(max105))))
}
