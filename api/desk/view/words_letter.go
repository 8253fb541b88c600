package view

import "github.com/skuld-registry/skuld/api/web/page"

// letterWords belong to this theme.
var letterWords = page.Table{}
