package casework

// ruleKinds are the acts of this theme.
var ruleKinds = []kind{}
