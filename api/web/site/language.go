package site

import (
	"net/http"
	"time"

	"golang.org/x/text/language"

	"github.com/skuld-registry/skuld/ledger"
)

// maxAcceptLanguage bounds the header that is read.
const maxAcceptLanguage = 200

// languageLife is how long a browser remembers its reader's choice.
const languageLife = 365 * 24 * time.Hour

// The languages of the pages; the first is that of readers who want none of them.
var (
	spoken  = []ledger.Language{ledger.English, ledger.Swedish, ledger.Danish}
	matcher = language.NewMatcher([]language.Tag{language.English, language.Swedish, language.Danish})
)

// LanguageOf gives the language of a page: what the reader has just chosen, what they
// chose before, or what their browser asks for (RFC 9110 par. 12.5.4). It is the
// same work for the pages that are kept ready.
func LanguageOf(r *http.Request) (chosen ledger.Language, now bool) {
	if r.URL.RawQuery != "" {
		if l, ok := known(r.URL.Query().Get("lang")); ok {
			return l, true
		}
	}
	if c, err := r.Cookie(languageCookie); err == nil {
		if l, ok := known(c.Value); ok {
			return l, false
		}
	}
	accept := r.Header.Get("Accept-Language")
	if accept == "" || len(accept) > maxAcceptLanguage {
		return spoken[0], false
	}
	_, i := language.MatchStrings(matcher, accept)
	return spoken[i], false
}

func known(text string) (ledger.Language, bool) {
	for _, l := range spoken {
		if string(l) == text {
			return l, true
		}
	}
	return "", false
}

// chooseLanguage finds the language of a visit and remembers one that was just chosen.
func (v *Visit) chooseLanguage() {
	var now bool
	v.Language, now = LanguageOf(v.R)
	v.W.Header().Add("Vary", "Accept-Language, Cookie")
	if now {
		http.SetCookie(v.W, &http.Cookie{
			Name: languageCookie, Value: string(v.Language), Path: "/", MaxAge: int(languageLife / time.Second),
			Secure: v.site.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		})
	}
}

const languageCookie = "lang"
