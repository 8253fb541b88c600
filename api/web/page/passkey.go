package page

import "encoding/json"

// Ceremony is what a browser is asked to do with a passkey.
type Ceremony string

// The ceremonies, by the names of the browser's functions.
const (
	Create Ceremony = "create" // navigator.credentials.create
	Get    Ceremony = "get"    // navigator.credentials.get
)

// Passkey is the form whose button starts a ceremony. The script puts the answer
// into its field "credential" and sends the form.
type Passkey struct {
	Form
	Action   string
	Ceremony Ceremony
	Options  string // JSON, for the browser
	Button   Text
	Hidden   []Hidden
}

// Hidden is a value that a form carries along.
type Hidden struct{ Name, Value string }

// NewPasskey makes the form of a ceremony with the options that package passkey made.
func NewPasskey(ceremony Ceremony, action string, options json.RawMessage, button Text) Passkey {
	return Passkey{Action: action, Ceremony: ceremony, Options: string(options), Button: button}
}
