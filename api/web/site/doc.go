// Package site is what every site of pages for people needs, whoever they are for:
// the way of a request with its id, language, limits, panic, log line and metrics;
// the headers that keep a page what it is; the form token and the check of where a
// form came from; the cookies; and the pages of what went wrong.
//
// It must not know who the people are or what the pages are about: a Guest tells it
// who asks and what stands around a page. It must write nothing into the log that is
// about a person.
package site
