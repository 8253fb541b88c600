package view

import "github.com/skuld-registry/skuld/api/web/page"

// workWords belong to this theme.
var workWords = page.Table{}
