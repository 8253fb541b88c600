package desk

// caseRoutes are the pages of this theme.
var caseRoutes = []route{}
