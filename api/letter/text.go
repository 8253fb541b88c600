package letter

import "strings"

// Text writes the letter as plain text, for an e-mail or for the pages.
func (l *Letter) Text() string {
	var b strings.Builder
	b.WriteString(l.Language.Date(l.On) + "\n" + l.To.Name + "\n")
	for _, line := range l.To.Lines {
		b.WriteString(line + "\n")
	}
	b.WriteString("\n" + l.Said() + "\n" + l.From.Name + "\n")
	if l.From.Address != "" {
		b.WriteString(oneLine(l.From.Address) + "\n")
	}
	b.WriteString(l.Link + "\n")
	return b.String()
}

// Said is what the letter says, from its title to its last paragraph, without who it is
// from and for.
func (l *Letter) Said() string {
	var b strings.Builder
	b.WriteString(l.Title + "\n")
	for _, block := range l.Blocks {
		b.WriteString("\n" + block.Text + "\n")
		for _, r := range block.Rows {
			b.WriteString("  " + r.Label + ": " + r.Value + "\n")
		}
	}
	return b.String()
}

// MaxMessage is how many characters a message to a telephone has at most: four
// parts of one that is sent in UCS-2 (3GPP TS 23.038 par. 6.2.3), as å, ä and ö
// with others may make it.
const MaxMessage = 4 * 67

// Message writes what is sent to a telephone: what it is about, who to call, and
// where the whole letter is. It says nothing of what is owed, since others may see
// the telephone's display.
func (l *Letter) Message(h Human, code string) string {
	text := messageWords.in(l.Language, "human", h.Name, "company", l.From.Name, "phone", h.Phone, "link", l.Link)
	if code != "" {
		text += messageCode.in(l.Language, "code", code)
	}
	if runes := []rune(text); len(runes) > MaxMessage {
		return string(runes[:MaxMessage])
	}
	return text
}

var (
	messageWords = words{
		"Du har post från {company}. Läs den på {link}. Frågor? {human}, {phone}.",
		"Du har post fra {company}. Læs den på {link}. Spørgsmål? {human}, {phone}.",
		"You have a letter from {company}. Read it at {link}. Questions? {human}, {phone}."}
	messageCode = words{" Kod: {code}.", " Kode: {code}.", " Code: {code}."}
)
