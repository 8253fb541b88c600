package desk

// reportRoutes are the pages of this theme.
var reportRoutes = []route{}
