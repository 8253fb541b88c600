package api

import (
	"golang.org/x/text/language"

	"github.com/skuld-registry/skuld/ledger"
)

// maxAcceptLanguage bounds the header that is read.
const maxAcceptLanguage = 200

// The languages of texts; the first is that of callers who want none of them.
var (
	spoken  = []ledger.Language{ledger.English, ledger.Swedish, ledger.Danish}
	matcher = language.NewMatcher([]language.Tag{language.English, language.Swedish, language.Danish})
)

// languageOf chooses the language for a caller (RFC 9110 par. 12.5.4).
func languageOf(acceptLanguage string) ledger.Language {
	if acceptLanguage == "" || len(acceptLanguage) > maxAcceptLanguage {
		return spoken[0]
	}
	_, chosen := language.MatchStrings(matcher, acceptLanguage)
	return spoken[chosen]
}
