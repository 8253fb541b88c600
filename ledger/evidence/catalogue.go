package evidence

import (
	"maps"
	"slices"

	"github.com/skuld-registry/skuld/ledger"
)

// Code is the stable name of a finding. Codes are never reused.
type Code string

// The codes, in the order in which Verify looks.
const (
	TooLarge       Code = "file_too_large"
	Malformed      Code = "file_malformed"
	VersionUnknown Code = "version_unknown"
	NotCanonical   Code = "file_not_canonical"

	GenesisMalformed Code = "genesis_malformed"
	GenesisOther     Code = "genesis_other"
	NetworkUnknown   Code = "network_unknown"
	NetworkKnown     Code = "network_known"
	NetworkFromFile  Code = "network_from_file"

	QuestionWrong Code = "question_wrong"
	AnswerWrong   Code = "answer_wrong"
	AttesterWrong Code = "attester_wrong"
	AttesterTwice Code = "attester_twice"
	AttestersFew  Code = "attesters_few"
	AskedOther    Code = "asked_other"
	Attests       Code = "attested"

	ChainMissing   Code = "chain_missing"
	ChainUnused    Code = "chain_unused"
	SignatureWrong Code = "signature_wrong"
	CommandRefused Code = "command_refused"
	SubjectOther   Code = "subject_other"
	RecordOther    Code = "record_other"
	StateOther     Code = "state_other"
	Complete       Code = "chain_complete"
	Signed         Code = "signed"
	Replayed       Code = "replayed"

	PaymentAbsent   Code = "payment_absent"
	PaymentWritten  Code = "payment_written"
	PaymentReversed Code = "payment_reversed"
	HandedBack      Code = "handed_back"

	Afterwards   Code = "afterwards_open"
	People       Code = "people_open"
	Certificates Code = "certificates_open"
)

type entry struct {
	sort Sort
	text map[ledger.Language]string
}

// Codes lists every code, sorted.
func Codes() []Code { return slices.Sorted(maps.Keys(catalogue)) }

var catalogue = merge(faultCatalogue(), factCatalogue(), pageCatalogue())

func merge(tables ...map[Code]entry) map[Code]entry {
	all := map[Code]entry{}
	for _, t := range tables {
		maps.Copy(all, t)
	}
	return all
}

func in(sort Sort, sv, da, en string) entry {
	return entry{sort, map[ledger.Language]string{ledger.Swedish: sv, ledger.Danish: da, ledger.English: en}}
}

// factCatalogue has what Verify finds in a file in which nothing is wrong.
func factCatalogue() map[Code]entry {
	return map[Code]entry{
		NetworkKnown: in(Proven,
			"Filen kommer från det register som du litar på ({network}).",
			"Filen kommer fra det register, som du stoler på ({network}).",
			"The file is from the registry that you trust ({network})."),
		Attests: in(Proven,
			"Registrets läge {at} är intygat med underskrift av {orgs}.",
			"Registrets tilstand {at} er attesteret med underskrift af {orgs}.",
			"What the register said at {at} is attested by the signatures of {orgs}."),
		Complete: in(Proven,
			"Skuldebrevets alla {seq} poster finns med, i rätt ordning och oförändrade.",
			"Alle gældsbrevets {seq} poster er med, i rigtig orden og uændrede.",
			"All {seq} entries of the note are here, in order and unchanged."),
		Signed: in(Proven,
			"Varje post är underskriven med en nyckel som gällde då: {parties} parter, {signatures} underskrifter.",
			"Hver post er underskrevet med en nøgle, der gjaldt på det tidspunkt: {parties} parter, {signatures} underskrifter.",
			"Every entry is signed with a key that was in force then: {parties} parties, {signatures} signatures."),
		Replayed: in(Proven,
			"Registrets regler, tillämpade på posterna från den första till den sista, ger just detta läge.",
			"Registrets regler, anvendt på posterne fra den første til den sidste, giver netop denne tilstand.",
			"The registry's rules, applied to the entries from the first to the last, lead to exactly this state."),
		PaymentWritten: in(Proven,
			"Betalningen nr {seq} på {amount}, gjord {on}, är antecknad på skuldebrevet av mottagaren ({by}). Den gäller mot varje senare innehavare.",
			"Betalingen nr. {seq} på {amount}, foretaget {on}, er noteret på gældsbrevet af modtageren ({by}). Den gælder over for enhver senere indehaver.",
			"Payment no. {seq} of {amount}, made on {on}, is written on the note by who received it ({by}). It holds against every later holder."),
		HandedBack: in(Proven,
			"Skuldebrevet är slutbetalt eller efterskänkt och återlämnat till låntagaren. Ingen kan längre kräva betalning på det.",
			"Gældsbrevet er indfriet eller eftergivet og leveret tilbage til låntageren. Ingen kan længere kræve betaling på det.",
			"The note is paid or forgiven in full and handed back to the borrower. Nobody can claim it any more."),
		PaymentReversed: in(Proven,
			"Betalningen nr {seq} på {amount}, antecknad som gjord {on}, är återförd i post {by}. Den räknas inte längre.",
			"Betalingen nr. {seq} på {amount}, noteret som foretaget {on}, er tilbageført i post {by}. Den tæller ikke længere.",
			"Payment no. {seq} of {amount}, written as made on {on}, was reversed by entry {by}. It no longer counts."),
		NetworkFromFile: in(Open,
			"Vilket register det är tas ur filen själv. Jämför dess kontrollsumma med en som du fått på annat håll: {network}.",
			"Hvilket register det er, tages fra filen selv. Sammenlign dens kontrolsum med en, du har fået et andet sted fra: {network}.",
			"Which registry it is comes from the file itself. Compare its digest with one that you have from elsewhere: {network}."),
		Afterwards: in(Open,
			"Filen visar inte vad som hänt efter {at}.",
			"Filen viser ikke, hvad der er sket efter {at}.",
			"The file does not show what happened after {at}."),
		People: in(Open,
			"Filen visar inte vilka personer eller företag som står bakom parternas beteckningar; det vet den som registrerade dem.",
			"Filen viser ikke, hvilke personer eller virksomheder der står bag parternes betegnelser; det ved den, der registrerede dem.",
			"The file does not show which people or companies are behind the parties' ids; who registered them knows."),
		Certificates: in(Open,
			"Filen visar inte om ett intyg av en nod hade spärrats efter att registret bildades.",
			"Filen viser ikke, om en nodes certifikat var blevet spærret, efter at registret blev dannet.",
			"The file does not show whether a peer's certificate had been revoked since the network was founded."),
	}
}
