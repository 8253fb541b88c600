package view

import "github.com/skuld-registry/skuld/api/web/page"

// caseWords belong to this theme.
var caseWords = page.Table{}
