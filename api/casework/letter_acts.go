package casework

// letterKinds are the acts of this theme.
var letterKinds = []kind{}
