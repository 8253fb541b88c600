package evidence

// faultCatalogue has what may be wrong with a file.
func faultCatalogue() map[Code]entry {
	all := fileFaults()
	for code, e := range chainFaults() {
		all[code] = e
	}
	return all
}

// fileFaults are those of the file's form, its network and its attestation.
func fileFaults() map[Code]entry {
	return map[Code]entry{
		TooLarge: in(Fault,
			"Filen är större än vad som kontrolleras (gräns {limit}).",
			"Filen er større end det, der kontrolleres (grænse {limit}).",
			"The file is larger than what is checked (limit {limit})."),
		Malformed: in(Fault,
			"Filen har inte formen av ett bevis: {detail}.",
			"Filen har ikke form af et bevis: {detail}.",
			"The file has not the form of evidence: {detail}."),
		VersionUnknown: in(Fault,
			"Filen har version {version}, som det här programmet inte känner.",
			"Filen har version {version}, som dette program ikke kender.",
			"The file is of version {version}, which this program does not know."),
		NotCanonical: in(Fault,
			"Filens text är inte den enda tillåtna (RFC 8785): något har lagts till, upprepats eller skrivits om.",
			"Filens tekst er ikke den eneste tilladte (RFC 8785): noget er tilføjet, gentaget eller skrevet om.",
			"The file's text is not the only one allowed (RFC 8785): something was added, repeated or written anew."),
		GenesisMalformed: in(Fault,
			"Registrets första block i filen går inte att läsa: {detail}.",
			"Registrets første blok i filen kan ikke læses: {detail}.",
			"The network's first block in the file cannot be read: {detail}."),
		GenesisOther: in(Fault,
			"Registrets första block i filen hör inte till det register som filen anger: dess kontrollsumma är {network}.",
			"Registrets første blok i filen hører ikke til det register, som filen angiver: dens kontrolsum er {network}.",
			"The network's first block in the file is not of the network that the file names: its digest is {network}."),
		NetworkUnknown: in(Fault,
			"Filen är från ett annat register än det som du litar på: {network}.",
			"Filen er fra et andet register end det, som du stoler på: {network}.",
			"The file is of another network than the one that you trust: {network}."),
		QuestionWrong: in(Fault,
			"Frågan som noderna svarade på är inte rätt fråga: {detail}.",
			"Spørgsmålet, som noderne svarede på, er ikke det rette: {detail}.",
			"The question that the peers answered is not the right one: {detail}."),
		AnswerWrong: in(Fault,
			"Nodernas svar är inte ett svar på frågan: {detail}.",
			"Nodernes svar er ikke et svar på spørgsmålet: {detail}.",
			"The peers' answer is none to the question: {detail}."),
		AttesterWrong: in(Fault,
			"Intyg nr {number} ({org}) gäller inte: {detail}.",
			"Attest nr. {number} ({org}) gælder ikke: {detail}.",
			"Attestation no. {number} ({org}) does not hold: {detail}."),
		AttesterTwice: in(Fault,
			"Intygen är inte ett från varje organisation, i ordning: {org}.",
			"Attesterne er ikke én fra hver organisation, i rækkefølge: {org}.",
			"The attestations are not one of each organisation, in order: {org}."),
		AttestersFew: in(Fault,
			"Registerföraren och minst en annan organisation måste intyga; här intygar bara: {orgs}.",
			"Registerføreren og mindst én anden organisation skal attestere; her attesterer kun: {orgs}.",
			"The registrar and at least one other organisation must attest; here only these do: {orgs}."),
		AskedOther: in(Fault,
			"Noderna intygar inte just de poster som filen gäller: {detail}.",
			"Noderne attesterer ikke netop det, som filen gælder: {detail}.",
			"What the peers attest is not exactly what the file is about: {detail}."),
	}
}

// chainFaults are those of the signed commands.
func chainFaults() map[Code]entry {
	return map[Code]entry{
		ChainMissing: in(Fault,
			"Posterna för {subject} saknas i filen.",
			"Posterne for {subject} mangler i filen.",
			"The entries of {subject} are not in the file."),
		ChainUnused: in(Fault,
			"Filen innehåller {subject}, som inte hör till skuldebrevet.",
			"Filen indeholder {subject}, som ikke hører til gældsbrevet.",
			"The file holds {subject}, which has nothing to do with the note."),
		SignatureWrong: in(Fault,
			"Underskriften på post {seq} av {subject} stämmer inte.",
			"Underskriften på post {seq} af {subject} passer ikke.",
			"The signature of entry {seq} of {subject} is wrong."),
		CommandRefused: in(Fault,
			"Post {seq} av {subject} är inte tillåten efter dem före den.",
			"Post {seq} af {subject} er ikke tilladt efter dem før den.",
			"Entry {seq} of {subject} is not allowed after those before it."),
		SubjectOther: in(Fault,
			"Post {seq} av {subject} handlar om något annat.",
			"Post {seq} af {subject} handler om noget andet.",
			"Entry {seq} of {subject} is about something else."),
		RecordOther: in(Fault,
			"Posterna för {subject} leder inte till det som noderna intygar: {detail} skiljer.",
			"Posterne for {subject} fører ikke til det, som noderne attesterer: {detail} er forskellig.",
			"The entries of {subject} do not lead to what the peers attest: {detail} differs."),
		StateOther: in(Fault,
			"Läget i filen är inte det som skuldebrevets poster leder till.",
			"Tilstanden i filen er ikke den, som gældsbrevets poster fører til.",
			"The state in the file is not the one that the note's entries lead to."),
		PaymentAbsent: in(Fault,
			"Post {seq} på skuldebrevet är ingen betalning.",
			"Post {seq} på gældsbrevet er ingen betaling.",
			"Entry {seq} of the note is no payment."),
	}
}
