package desk

// Pages lists the patterns of all pages that are read, in the order of the routes: so
// that what looks at every page leaves none out.
func Pages() []string {
	var patterns []string
	for _, r := range routes() {
		if r.method == get {
			patterns = append(patterns, r.pattern)
		}
	}
	return patterns
}
