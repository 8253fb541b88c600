package casework

// staffKinds are the acts of this theme.
var staffKinds = []kind{}
