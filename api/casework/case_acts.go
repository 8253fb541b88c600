package casework

// caseKinds are the acts of this theme.
var caseKinds = []kind{}
