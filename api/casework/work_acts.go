package casework

// workKinds are the acts of this theme.
var workKinds = []kind{}
