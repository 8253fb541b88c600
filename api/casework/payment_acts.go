package casework

// paymentKinds are the acts of this theme.
var paymentKinds = []kind{}
