package desk

// ruleRoutes are the pages of this theme.
var ruleRoutes = []route{}
