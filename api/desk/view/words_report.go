package view

import "github.com/skuld-registry/skuld/api/web/page"

// reportWords belong to this theme.
var reportWords = page.Table{}
