package view

import "github.com/skuld-registry/skuld/api/web/page"

// paymentWords belong to this theme.
var paymentWords = page.Table{}
